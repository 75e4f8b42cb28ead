import { createRequire } from 'node:module';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Where the client is pointed, and whom it may write to. */
export interface V1Target {
  readonly baseUrl: string;
  readonly username: string;
  readonly password: string;
  /** A living person that the target's registers know. */
  readonly fnr: string;
  /** Organisation number of the sender, where answers go. */
  readonly orgnr: string;
  readonly pdf: Uint8Array;
  /** The path of a file with the same content, for the client's way of sending from disk. */
  readonly pdfPath: string;
  close(): Promise<void>;
}

type Answer = Record<string, unknown>;

interface Client {
  sendForsendelse(forsendelse: object): Promise<Answer>;
  getStatus(ids: string | string[]): Promise<{ statuser: Answer[] }>;
  getForsendelseHistorikk(id: string): Promise<{ hendelsesLogger: Answer[] }>;
  getSigneringHistorikk(id: string): Promise<{ forsendelsesId: Answer; logg: Answer[] }>;
  getDokumentMetadata(id: string): Promise<{ dokumentMetadata: Answer[] }>;
  getForsendelseTyper(): Promise<{ forsendelseTyper: string[] }>;
  getForsendelseEksternref(reference: string): Promise<{ forsendelseIder: Answer[] }>;
  setForsendelseLest(id: string, lest: object): Promise<unknown>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
/** The statuses that REST v1 knows; the published clients stop at any other. */
const STATUSES = [
  'MOTTATT AKSEPTERT AVVIST KLAR_FOR_MOTTAK VARSLET LEST SENDT_DIGITALT SENDT_SDP LEVERT_SDP',
  'SENDT_PRINT PRINTET MANUELT_HANDTERT IKKE_LEVERT',
].flatMap((line) => line.split(' '));

/**
 * Every method of the published npm client `@vtfk/svarut`, unmodified, against whatever `start` starts: the faces
 * alone, or a complete server.
 */
export function describeV1Client(name: string, start: () => Promise<V1Target>): void {
  describe(`@vtfk/svarut against ${name}`, () => {
    let target: V1Target;
    let client: Client;
    let restoreTls: () => void;

    beforeAll(async () => {
      target = await start();
      // The client sets the process's TLS versions; other tests share the process.
      const { DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION } = tls;
      restoreTls = () => Object.assign(tls, { DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION });
      client = makeClient(target);
    });
    afterAll(async () => {
      restoreTls?.();
      await target?.close();
    });

    /** Each letter with a title of its own, so that none is refused as a repeat. */
    const letter = (tittel: string, change: object = {}) => ({
      tittel: `${tittel} ${crypto.randomUUID()}`,
      mottaker: {
        postAdresse: {
          navn: 'Åse Ærlig',
          adresse1: 'Fjøsveien 1',
          postNummer: '0001',
          postSted: 'Oslo',
          land: 'Norge',
        },
        digitalAdresse: { fodselsNummer: target.fnr },
      },
      dokumenter: [
        {
          filnavn: 'Vedtak æøå.pdf',
          mimeType: 'application/pdf',
          data: Buffer.from(target.pdf).toString('base64'),
        },
      ],
      utskriftsKonfigurasjon: { utskriftMedFarger: false, tosidig: true },
      ...change,
    });

    it('sends a letter and follows it', async () => {
      const eksternReferanse = `sak ${crypto.randomUUID()}`;
      const sent = await client.sendForsendelse(letter('Vedtak om båtplass', { eksternReferanse }));
      expect(sent).toEqual({ id: expect.stringMatching(UUID) });
      const id = sent.id as string;

      const { statuser } = await client.getStatus([id, UNKNOWN_ID]);
      expect(statuser).toEqual([
        { forsendelsesId: { id }, sisteStatusEndring: expect.any(Number), status: expect.any(String) },
      ]);
      expect(STATUSES).toContain(statuser[0]!.status);

      const { hendelsesLogger } = await client.getForsendelseHistorikk(id);
      expect(hendelsesLogger.length).toBeGreaterThan(0);
      for (const entry of hendelsesLogger) {
        expect(entry).toEqual({
          tidspunkt: expect.stringMatching(/^\d{4}-.*(Z|[+-]\d\d:\d\d)$/),
          hendelse: expect.any(String),
        });
      }

      const { dokumentMetadata } = await client.getDokumentMetadata(id);
      expect(dokumentMetadata).toHaveLength(1);
      expect(dokumentMetadata[0]).toMatchObject({
        filnavn: 'Vedtak æøå.pdf',
        mimeType: 'application/pdf',
        kanSigneres: false,
        sizeInBytes: target.pdf.byteLength,
        sha256hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        nedlasningsUrl: expect.stringMatching(/^https?:\/\//),
        ekstraMetadata: [],
      });

      expect(await client.getSigneringHistorikk(id)).toEqual({ forsendelsesId: { id }, logg: [] });
      expect(await client.getForsendelseEksternref(encodeURIComponent(eksternReferanse))).toEqual({
        forsendelseIder: [{ id }],
      });
    });

    it('reports that another system has shown the letter', async () => {
      const { id } = await client.sendForsendelse(letter('Til lesing'));
      const lest = {
        lestAvFodselsNummer: target.fnr,
        navnPaEksterntSystem: 'Min side',
        datoLest: Date.now(),
      };
      expect(await client.setForsendelseLest(id as string, lest)).toBe(true);
      const { statuser } = await client.getStatus(id as string);
      expect(statuser.map((entry) => entry.status)).toEqual(['LEST']);
    });

    it('sends several documents, one of them from disk, in order', async () => {
      const fromDisk = target.pdfPath.split('/').at(-1)!;
      const { id } = await client.sendForsendelse(
        letter('Flere dokumenter', {
          dokumenter: [
            {
              filnavn: 'a.pdf',
              mimeType: 'application/pdf',
              data: Buffer.from(target.pdf).toString('base64'),
            },
            { filnavn: fromDisk, mimeType: 'application/pdf', filePath: target.pdfPath },
          ],
        }),
      );
      const { dokumentMetadata } = await client.getDokumentMetadata(id as string);
      expect(dokumentMetadata.map((dokument) => dokument.filnavn)).toEqual(['a.pdf', fromDisk]);
    });

    it('sends a document to be signed, as the client documents it', async () => {
      const [dokument] = letter('').dokumenter;
      const sent = await client.sendForsendelse(
        letter('Til signering', {
          dokumenter: [{ ...dokument, skalSigneres: true }],
          signaturType: 'AUTENTISERT_SIGNATUR',
          signeringUtloper: Date.now() + 86_400_000,
          svarSendesTil: {
            postAdresse: { navn: 'Kommunen', adresse1: 'Postboks 1', postNummer: '3702', postSted: 'Skien' },
            digitalAdresse: { organisasjonsNummer: target.orgnr },
          },
        }),
      );
      expect(sent).toEqual({ id: expect.stringMatching(UUID) });
      const { dokumentMetadata } = await client.getDokumentMetadata(sent.id as string);
      expect(dokumentMetadata[0]!.kanSigneres).toBe(true);
    });

    it('lists the forsendelsestyper', async () => {
      const { forsendelseTyper } = await client.getForsendelseTyper();
      expect(forsendelseTyper).toContain('Byggesøknad');
    });

    it('gets errors as a result of code and text', async () => {
      const unnamed = letter('Uten poststed');
      const refused = await client.sendForsendelse({
        ...unnamed,
        mottaker: { ...unnamed.mottaker, postAdresse: { navn: 'Åse Ærlig', postSted: '' } },
      });
      expect(refused).toEqual({
        errorcode: 'UGYLDIG_INNHOLD',
        message: expect.stringMatching(/^Ugyldig innhold: /),
      });
      expect(refused.message).toContain('mottaker.postAdresse.postSted');
      expect(await client.getForsendelseHistorikk(UNKNOWN_ID)).toEqual({
        errorcode: 'FORSENDELSE_IKKE_FUNNET',
        message: expect.any(String),
      });
      expect(await makeClient({ ...target, password: 'feil' }).getForsendelseTyper()).toEqual({
        errorcode: 'IKKE_AUTENTISERT',
        message: expect.any(String),
      });
    });
  });
}

function makeClient(target: V1Target): Client {
  const load = createRequire(import.meta.url)('@vtfk/svarut') as (settings: object) => Client;
  return load({ url: target.baseUrl, username: target.username, password: target.password, timeout: 60_000 });
}
