import { Type } from 'typebox';

/** Forms that several Fiks IO faces share. Optional fields are absent, never null (fiks-io §2.3). */
export const Uuid = () => Type.String({ format: 'uuid' });
const Moment = () => Type.String({ format: 'date-time' });

export const OffentligNokkel = Type.Object({
  nokkel: Type.String(),
  valid: Type.Boolean(),
  validFrom: Moment(),
  validTo: Moment(),
  serial: Type.String(),
  subjectDN: Type.String(),
  issuerDN: Type.String(),
  statusMessage: Type.String(),
});

export const KontoValidity = Type.Object({
  gyldigAvsender: Type.Boolean(),
  gyldigMottaker: Type.Boolean(),
  melding: Type.String(),
});

export const KontoStatus = Type.Object({
  ...KontoValidity.properties,
  antallKonsumenter: Type.Integer(),
  antallUavhentedeMeldinger: Type.Integer(),
});

/** Read by our own rules, so that the answer tells what is wrong with the certificate. */
export const Pem = () => Type.String({ maxLength: 65_536 });
