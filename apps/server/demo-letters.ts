import { Readable } from 'node:stream';
import type { AccessRoom } from '@grunnmur/access/room';
import { encryptCms } from '@grunnmur/kernel/crypto';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { createFrontPage, hasForsendelser, type NyForsendelse, type PostRoom } from '@grunnmur/post/room';
import type { Assembly } from './assembly.ts';
import { KONTO, ORGNR } from './demo-content.ts';
import type { Demonstration } from './demonstration.ts';

interface DemoLetter {
  readonly from: 'eksempel' | 'dome' | 'prove';
  readonly tittel: string;
  readonly tekst: string;
  readonly vedlegg?: string;
  readonly level4?: boolean;
}

/** What the first reader of each situation that is reached digitally finds in the inbox at the first start. */
const LETTERS: readonly DemoLetter[] = [
  {
    from: 'prove',
    tittel: 'Skoleskyss høsten 2026',
    tekst: 'Du har rett til skoleskyss. Busskortet kommer i egen sending.',
  },
  {
    from: 'dome',
    tittel: 'Varsel om feiing og tilsyn',
    tekst: 'Feiaren kjem til deg i løpet av dei neste to vekene.',
  },
  {
    from: 'eksempel',
    tittel: 'Svar på søknad om bruksendring av garasje',
    tekst: 'Kommunen gir tillatelse til bruksendring. Tegningene ligger ved.',
    vedlegg: 'Situasjonsplan og tegninger',
  },
  {
    from: 'eksempel',
    tittel: 'Vedtak om spesialpedagogisk hjelp',
    tekst: 'Vedtaket inneholder sensitive opplysninger.',
    level4: true,
  },
  {
    from: 'eksempel',
    tittel: 'Tilbud om barnehageplass',
    tekst: 'Barnet ditt har fått plass i Blåklokka barnehage. Svar innen 14 dager.',
  },
];

const SITUATIONS: ReadonlySet<string> = new Set(['altinn', 'guardian', 'sole-proprietor', 'reserved']);

/** Sends the sample letters the way every letter goes, unless the demonstration already has letters. */
export async function sendDemoLetters(
  assembly: Assembly,
  access: AccessRoom,
  post: PostRoom,
  demonstration: Demonstration,
): Promise<void> {
  const eksempel = await access.access.findOrganisation(assembly.systemCtx, { orgnr: ORGNR.eksempel });
  if (await hasForsendelser(withCtx(assembly.systemCtx, { tenant: eksempel!.id }))) return;
  const readers = demonstration.population.demoPersons.filter((person) => SITUATIONS.has(person.situation));
  for (const reader of readers) {
    for (const letter of LETTERS) await sendLetter(assembly, access, post, demonstration, letter, reader);
  }
}

async function sendLetter(
  { systemCtx, now }: Assembly,
  { access }: AccessRoom,
  { service }: PostRoom,
  { platformKeys }: Demonstration,
  letter: DemoLetter,
  reader: { fnr: string; name: string },
): Promise<void> {
  const sender = await access.findOrganisation(systemCtx, { orgnr: ORGNR[letter.from] });
  const ctx: Ctx = withCtx(systemCtx, {
    tenant: sender!.id,
    actor: { kind: 'integration', id: 'demo', name: `${sender!.name}, sak og arkiv` },
  });
  const names = [`${letter.tittel}.pdf`, ...(letter.vedlegg ? [`${letter.vedlegg}.pdf`] : [])];
  const files = names.map(async (filnavn) => {
    const bytes = await createFrontPage({
      language: sender!.language,
      sender: {
        name: sender!.name,
        orgnr: sender!.orgnr,
        addressLines: ['Rådhuset', '0001 EKSEMPELVIK'],
        text: letter.tekst,
      },
      recipient: { name: reader.name, addressLines: ['Prøvevegen 1', '0001 EKSEMPELVIK'] },
      title: filnavn.slice(0, -4),
      date: now(),
      documents: [],
    });
    const source = Readable.from([bytes]);
    return {
      filename: filnavn,
      body: letter.level4 ? encryptCms(source, [platformKeys.certificatePem], { transport: 'oaep' }) : source,
    };
  });
  await service.accept(ctx, {
    konto: { id: KONTO[letter.from], tenant: sender!.id },
    face: 'api',
    forsendelse: demoForsendelse(letter, reader, names, sender!),
    files: partsOf(files),
  });
}

async function* partsOf(files: readonly Promise<{ filename: string; body: AsyncIterable<Uint8Array> }>[]) {
  for (const file of files) {
    const { filename, body } = await file;
    yield { filename, body };
  }
}

function demoForsendelse(
  letter: DemoLetter,
  reader: { fnr: string; name: string },
  names: readonly string[],
  sender: { orgnr: string; name: string },
): NyForsendelse {
  return {
    tittel: letter.tittel,
    mottaker: {
      navn: reader.name,
      digitalId: reader.fnr,
      adresse: { adresselinje1: 'Prøvevegen 1', postnummer: '0001', poststed: 'EKSEMPELVIK' },
    },
    svarSendesTil: {
      navn: sender.name,
      digitalId: sender.orgnr,
      adresse: { adresselinje1: 'Rådhuset', postnummer: '0001', poststed: 'EKSEMPELVIK' },
    },
    eksponertFor: [],
    kunDigitalLevering: false,
    kryptert: letter.level4 ?? false,
    krevNiva4Innlogging: letter.level4 ?? false,
    utskrift: { farger: false, tosidig: true },
    dokumenter: names.map((filnavn) => ({
      filnavn,
      mimeType: 'application/pdf',
      skalSigneres: false,
      giroarkSider: [],
      ekskluderesFraUtskrift: false,
      ekstraMetadata: [],
      inneholderPersonsensitivInformasjon: letter.level4 ?? false,
    })),
    lenker: [],
    eksternReferanse: `2026/${100 + LETTERS.indexOf(letter)}`,
    avgivendeSystem: 'Demonstrasjon',
    svarPaForsendelseLink: false,
    taushetsbelagtPost: false,
  };
}
