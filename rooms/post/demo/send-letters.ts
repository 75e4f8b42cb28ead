import { Readable } from 'node:stream';
import { ACCESS, DEMO_ORGNR } from '@grunnmur/access';
import { encryptCms } from '@grunnmur/kernel/crypto';
import { type Ctx, withCtx } from '@grunnmur/kernel/ctx';
import { createWorker } from '@grunnmur/kernel/jobs';
import type { DemoHost, RoomHost } from '@grunnmur/kernel/room';
import { addWorkingDays, DAY_MS, HOUR_MS, MINUTE_MS } from '@grunnmur/kernel/time';
import type { Population } from '@grunnmur/registers';
import type { PostRoom } from '../create-room.ts';
import { hasForsendelser } from '../service/seed-demo.ts';
import type { NyForsendelse } from '../types.ts';
import { ACCOUNTS, type DemoAccount, letterhead } from './accounts.ts';
import { LETTERS, type LetterContent } from './letter-content.ts';
import { letterPaper } from './letter-paper.ts';
import { LETTER_PLAN, type PlannedLetter, sentAt } from './letter-plan.ts';

export interface DemoLettersSetup {
  readonly host: RoomHost;
  readonly demo: DemoHost;
  readonly post: PostRoom;
  readonly population: Population;
}

/** Something that happens to the sample letters. */
type Step = () => Promise<unknown>;

/** No letter was ever sent here. */
export async function lacksDemoLetters({ host, demo }: DemoLettersSetup): Promise<boolean> {
  const eksempel = await host.use(ACCESS).findOrganisation(demo.ctx, { orgnr: DEMO_ORGNR.eksempel });
  return !(await hasForsendelser(withCtx(demo.ctx, { tenant: eksempel!.id })));
}

/**
 * Sends the sample letters the way every letter goes: accepted, routed, delivered, opened and printed by the program itself,
 * each at its own time of the clock. Letters of the machine's time may be accepted meanwhile, and lie ahead of that clock. No
 * other worker may run beside: its clock would be another.
 */
export async function sendDemoLetters(setup: DemoLettersSetup): Promise<void> {
  const { host, demo, post } = setup;
  const { clock } = demo;
  const worker = createWorker({
    db: host.db,
    log: host.log,
    definitions: post.room.jobs ?? [],
    now: clock.now,
    listen: false,
  });
  try {
    for (const [at, steps] of stepsOf(setup)) {
      clock.setTo(new Date(at));
      await Promise.all(steps.map((run) => run()));
      await worker.drain();
      await runSchedules(setup);
      await worker.drain();
    }
  } finally {
    clock.release();
    await worker.stop();
  }
}

/** Those that time moves on: deadlines that pass, receipts that come. */
async function runSchedules({ post, demo }: DemoLettersSetup): Promise<void> {
  const wanted = ['post.print_deadlines', 'post.print_receipts', 'post.sdp_receipts'];
  for (const { name, run } of post.room.schedules ?? [])
    if (wanted.includes(name)) await run({ ...demo.ctx, signal: AbortSignal.timeout(30_000) });
}

/** What happens at which moment (epoch ms), in order. */
function stepsOf(setup: DemoLettersSetup): [at: number, steps: Step[]][] {
  const now = new Date();
  const moments = new Map<number, Step[]>();
  const add = (at: number, ...steps: Step[]) => {
    if (at <= now.getTime()) moments.set(at, [...(moments.get(at) ?? []), ...steps]);
  };
  for (const planned of LETTER_PLAN) {
    const at = sentAt(planned, now).getTime();
    let id: Promise<string> | undefined;
    add(at, () => {
      id = sendLetter(setup, planned);
      return id;
    });
    // When something may come of it by itself: the printer answers, the deadline to open it passes.
    const deadline = addWorkingDays(new Date(at), 2).getTime() + MINUTE_MS;
    for (const moment of [at + DAY_MS, deadline, deadline + DAY_MS]) add(moment);
    const { openedAfterHours: hours } = planned;
    if (hours !== undefined) add(at + hours * HOUR_MS, async () => openLetter(setup, planned, await id!));
  }
  return [...moments].sort(([a], [b]) => a - b);
}

/** As its recipient at the portal. */
async function openLetter({ demo, post, population }: DemoLettersSetup, planned: PlannedLetter, id: string) {
  const { digitalId, navn } = recipientOf(population, planned);
  const ctx = withCtx(demo.ctx, { actor: { kind: 'person', id: digitalId, name: navn } });
  const { body, completed } = await post.post.openAll(ctx, id, 4);
  for await (const _ of body);
  await completed();
}

async function sendLetter(setup: DemoLettersSetup, planned: PlannedLetter): Promise<string> {
  const { host, demo, post, population } = setup;
  const now = demo.clock.now();
  const letter: LetterContent = LETTERS[planned.letter];
  const account = ACCOUNTS[letter.from];
  const sender = await host.use(ACCESS).findOrganisation(demo.ctx, { orgnr: account.orgnr });
  const ctx: Ctx = withCtx(demo.ctx, {
    tenant: sender!.id,
    actor: { kind: 'integration', id: 'demo', name: `${sender!.name}, sak og arkiv` },
  });
  const recipient = recipientOf(population, planned);
  const pages = await Promise.all(
    letter.files.map((_, index) => page(letter, index, recipient, account, sender!.language, now)),
  );
  const { certificatePem } = host.platformKeys;
  const { id } = await post.service.accept(ctx, {
    konto: { id: account.id, tenant: sender!.id },
    face: 'api',
    forsendelse: forsendelse(letter, recipient, account, now),
    files: partsOf(letter, pages, certificatePem),
  });
  return id;
}

async function* partsOf(letter: LetterContent, pages: readonly Buffer[], certificatePem: string) {
  for (const [index, bytes] of pages.entries()) {
    const source = Readable.from([bytes]);
    yield {
      filename: letter.files[index],
      body: letter.level4 ? encryptCms(source, [certificatePem], { transport: 'oaep' }) : source,
    };
  }
}

interface Recipient {
  readonly navn: string;
  readonly digitalId: string;
  readonly adresse: {
    readonly adresselinje1: string;
    readonly postnummer: string;
    readonly poststed: string;
  };
  /** The population register does not give the address away. */
  readonly isProtected: boolean;
}

function recipientOf(population: Population, { to }: PlannedLetter): Recipient {
  if ('orgnr' in to) {
    const { name, address } = population.findOrganisation(to.orgnr)!;
    return { navn: name, digitalId: to.orgnr, adresse: postal(address), isProtected: false };
  }
  const [situation, index] = to;
  const { fnr, name } = population.demoPersons.filter((person) => person.situation === situation)[index]!;
  const { address, protection } = population.findPerson(fnr)!;
  return { navn: name, digitalId: fnr, adresse: postal(address), isProtected: protection !== 'none' };
}

function postal(address: {
  readonly lines: readonly string[];
  readonly postalCode: string;
  readonly city: string;
}) {
  return {
    adresselinje1: address.lines[0] ?? '',
    postnummer: address.postalCode,
    poststed: address.city,
  };
}

function page(
  letter: LetterContent,
  index: number,
  { navn, adresse, isProtected }: Recipient,
  account: DemoAccount,
  language: 'nb' | 'nn',
  date: Date,
): Promise<Buffer> {
  const from = letterhead(account);
  if (index > 0) {
    const title = letter.files[index]!.replace(/\.pdf$/, '');
    const paragraphs = letter.attachments?.[index - 1] ?? [];
    return letterPaper({ title, paragraphs, reference: letter.reference }, { from, language, date });
  }
  const { title, paragraphs, reference, caseworker, amounts } = letter;
  const address = isProtected ? [] : [adresse.adresselinje1, `${adresse.postnummer} ${adresse.poststed}`];
  const text = {
    title,
    paragraphs,
    reference,
    recipient: [navn, ...address],
    ...(caseworker ? { caseworker } : {}),
    ...(amounts ? { amounts } : {}),
  };
  return letterPaper(text, { from, language, date });
}

function forsendelse(letter: LetterContent, to: Recipient, account: DemoAccount, now: Date): NyForsendelse {
  const { digitalOnly = false, level4 = false, signWithinDays, links = [] } = letter;
  const { navn, digitalId, adresse, isProtected } = to;
  return {
    tittel: letter.title,
    mottaker: { navn, digitalId, ...(isProtected ? {} : { adresse }) },
    svarSendesTil: {
      navn: account.navn,
      digitalId: account.orgnr,
      adresse: {
        adresselinje1: account.adresselinje1,
        postnummer: account.postnummer,
        poststed: account.sted,
      },
    },
    eksponertFor: [],
    kunDigitalLevering: digitalOnly || isProtected,
    kryptert: level4,
    krevNiva4Innlogging: level4,
    utskrift: { farger: false, tosidig: true },
    dokumenter: letter.files.map((filnavn, index) => ({
      filnavn,
      mimeType: 'application/pdf',
      skalSigneres: index === 0 && signWithinDays !== undefined,
      giroarkSider: [],
      ekskluderesFraUtskrift: false,
      ekstraMetadata: [],
      inneholderPersonsensitivInformasjon: level4,
    })),
    lenker: links,
    eksternReferanse: letter.reference,
    avgivendeSystem: 'Demonstrasjon',
    svarPaForsendelseLink: false,
    taushetsbelagtPost: false,
    ...(signWithinDays === undefined
      ? {}
      : {
          signaturType: 'AVANSERT_SIGNATUR' as const,
          signeringUtloper: new Date(now.getTime() + signWithinDays * DAY_MS),
        }),
  };
}
