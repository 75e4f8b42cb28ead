import type { AppError } from '@grunnmur/kernel/errors';
import { ExchangeError } from '../../errors.ts';
import type { findProtokoll, ProtokollDefinisjon } from '../../protocols/catalogue.ts';
import type { KontoFacts } from './konto-facts.ts';

/** What the receiver's owner has said about the sender. */
export interface Forhold {
  readonly tilgang: boolean;
  readonly akseptert: boolean;
}

export interface RuledMessage {
  readonly avsender: KontoFacts;
  readonly mottaker: KontoFacts;
  readonly forhold: Forhold;
  readonly meldingType: string;
  readonly harPayload: boolean;
}

type FindProtokoll = typeof findProtokoll;

/**
 * Every rule of sending that the message breaks (fiks-io §2.5 "Sending rule", §2.4 aksepterteAvsendere), the most
 * fundamental first. Whether the caller may send from the konto, and whether the receiver exists, is asked before.
 */
export function brokenSendRules(message: RuledMessage, find: FindProtokoll): AppError[] {
  const { avsender, mottaker } = message;
  const broken = [...brokenStates(avsender, mottaker)];
  if ((avsender.protokoll === undefined) !== (mottaker.protokoll === undefined)) {
    return [
      ...broken,
      typeNotAllowed('en protokollkonto og en ren Fiks IO-konto kan ikke utveksle meldinger'),
    ];
  }
  broken.push(...brokenConsents(message));
  if (avsender.protokoll !== undefined) broken.push(...brokenProtocol(message, find));
  return broken;
}

function brokenStates(avsender: KontoFacts, mottaker: KontoFacts): AppError[] {
  const refuse = (detail: string) => ExchangeError.sendDeactivated({ params: { detail } });
  const broken: AppError[] = [];
  if (!avsender.aktiv) broken.push(refuse('avsenderkontoen er deaktivert'));
  if (avsender.sendDeaktivert) broken.push(refuse('sending er deaktivert for avsenderkontoen'));
  if (!mottaker.aktiv) broken.push(refuse('mottakerkontoen er deaktivert'));
  return broken;
}

function brokenConsents({ mottaker, forhold }: RuledMessage): AppError[] {
  const broken: AppError[] = [];
  if (mottaker.protokoll !== undefined && !forhold.tilgang) broken.push(ExchangeError.noAccess());
  if (mottaker.aksepterteAvsendereAktivert && !forhold.akseptert) broken.push(ExchangeError.notAccepted());
  return broken;
}

function brokenProtocol(message: RuledMessage, find: FindProtokoll): AppError[] {
  const { avsender, mottaker, meldingType, harPayload } = message;
  const navn = avsender.protokoll!;
  if (navn !== mottaker.protokoll) return [typeNotAllowed('kontoene har ulike protokoller')];
  const versjoner = new Set(avsender.parter.map((part) => part.versjon));
  const felles = new Set(mottaker.parter.map((part) => part.versjon).filter((each) => versjoner.has(each)));
  if (felles.size === 0) return [typeNotAllowed('kontoene har ingen felles versjon av protokollen')];
  const definisjoner = [...felles].flatMap((versjon) => find(navn, versjon) ?? []);
  const aktive = definisjoner.filter((each) => each.status === 'AKTIV');
  if (aktive.length === 0) return [typeNotAllowed('protokollen er deaktivert')];
  const carrying = aktive.find((definisjon) => carries(definisjon, message));
  if (!carrying) return [typeNotAllowed(whyNot(aktive, message))];
  return brokenPayload(carrying, meldingType, harPayload);
}

/** Does one version of the protocol let a party of the sender send the type to a party of the receiver? */
function carries(
  definisjon: ProtokollDefinisjon,
  { avsender, mottaker, meldingType }: RuledMessage,
): boolean {
  const senders = partiesOf(definisjon, avsender).filter((part) => part.avsender.includes(meldingType));
  const receivers = partiesOf(definisjon, mottaker).filter((part) => part.mottaker.includes(meldingType));
  return receivers.some((receiver) => senders.some(({ navn }) => receiver.stottedeParter.includes(navn)));
}

function partiesOf(definisjon: ProtokollDefinisjon, konto: KontoFacts): ProtokollDefinisjon['parter'] {
  return definisjon.parter.filter((part) =>
    konto.parter.some((own) => own.part === part.navn && own.versjon === definisjon.versjon),
  );
}

function whyNot(definisjoner: readonly ProtokollDefinisjon[], message: RuledMessage): string {
  const { avsender, mottaker, meldingType } = message;
  if (!definisjoner.some((each) => each.meldingstyper.some(({ navn }) => navn === meldingType)))
    return 'meldingstypen er ikke i protokollen';
  const maySend = definisjoner.some((each) =>
    partiesOf(each, avsender).some((part) => part.avsender.includes(meldingType)),
  );
  if (!maySend) return 'avsenderkontoens parter sender ikke meldingstypen';
  const mayReceive = definisjoner.some((each) =>
    partiesOf(each, mottaker).some((part) => part.mottaker.includes(meldingType)),
  );
  if (!mayReceive) return 'mottakerkontoens parter tar ikke imot meldingstypen';
  return 'mottakerkontoens parter støtter ikke avsenderkontoens parter';
}

function brokenPayload(definisjon: ProtokollDefinisjon, type: string, harPayload: boolean): AppError[] {
  const regel = definisjon.meldingstyper.find(({ navn }) => navn === type)?.payload ?? 'OPTIONAL';
  if (regel === 'REQUIRED' && !harPayload)
    return [ExchangeError.payloadRule({ params: { type, detail: 'må ha innhold' } })];
  if (regel === 'NEVER' && harPayload)
    return [ExchangeError.payloadRule({ params: { type, detail: 'kan ikke ha innhold' } })];
  return [];
}

function typeNotAllowed(detail: string): AppError {
  return ExchangeError.typeNotAllowed({ params: { detail } });
}
