import type { LoginDescription } from '@grunnmur/kernel/http';

/** SvarUt REST v1 (authenticate-account.ts). */
export const ACCOUNT_LOGIN: LoginDescription = {
  schemes: {
    ServiceKonto: { type: 'http', scheme: 'basic', description: 'Brukernavn og passord til en servicekonto' },
  },
};

/** Every other published interface: a token, and which integration it is used for (fiks-io §1.4). */
export const INTEGRATION_LOGIN: LoginDescription = {
  schemes: {
    Maskinporten: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'Token fra Maskinporten, eller fra den innebygde utstederen, med scopet ks:fiks',
    },
    IntegrasjonId: {
      type: 'apiKey',
      in: 'header',
      name: 'IntegrasjonId',
      description: 'Integrasjonens UUID',
    },
    IntegrasjonPassord: {
      type: 'apiKey',
      in: 'header',
      name: 'IntegrasjonPassord',
      description: 'Integrasjonens passord',
    },
  },
};
