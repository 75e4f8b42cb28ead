import { LOCALES } from '@grunnmur/kernel/i18n';
import { type Command, Option } from 'commander';
import { EXCHANGE_ENVIRONMENT } from '../exchange/exchange-access.ts';
import { ENVIRONMENT, PASSWORD } from '../send/sender-access.ts';

/** Login of a konto; without any of them the running demonstration's own is used. */
export function addExchangeAccessOptions(command: Command): void {
  command
    .option(
      '--from <konto>',
      'demonstration: konto by id, beginning of its name or organisation number (default: the first)',
    )
    .option('--base-url <url>', `another installation (${ENVIRONMENT.baseUrl})`)
    .option('--issuer <url>', `token issuer; default: the installation’s own (${ENVIRONMENT.issuer})`)
    .option('--token-endpoint <url>', `default: as the issuer publishes it (${ENVIRONMENT.tokenEndpoint})`)
    .option('--client-id <id>', `client at the issuer (${ENVIRONMENT.clientId})`)
    .option('--key <file>', `the client’s private key, PEM (${ENVIRONMENT.key})`)
    .option('--certificate <file>', `business certificate, PEM; signs as well (${ENVIRONMENT.certificate})`)
    .option('--key-id <kid>', `registered key, when there is no certificate (${ENVIRONMENT.keyId})`)
    .option(
      '--integration-id <id>',
      `IntegrasjonId (${ENVIRONMENT.integrationId}); its password: ${PASSWORD}`,
    )
    .option('--konto <id>', `the Fiks IO-konto (${EXCHANGE_ENVIRONMENT.konto})`)
    .option('--konto-key <file>', `its private key, PEM (${EXCHANGE_ENVIRONMENT.kontoKey})`)
    .option('--konto-certificate <file>', `its certificate, PEM (${EXCHANGE_ENVIRONMENT.kontoCertificate})`)
    .option('--amqp <url>', `amqps://host:port (${EXCHANGE_ENVIRONMENT.amqp})`)
    .option('--amqp-ca <file>', `authority to trust there, PEM (${EXCHANGE_ENVIRONMENT.amqpCa})`);
}

export function addLanguage(command: Command): void {
  command.addOption(
    new Option('--lang <language>', 'language of what is said about messages')
      .choices([...LOCALES])
      .default('nb'),
  );
}
