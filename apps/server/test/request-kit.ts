import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import type { AccessFile } from './access-file.ts';
import { letterForm, sendLetter, type TestServer } from './harness.ts';
import type { Route } from './route-table.ts';
import { basic } from './send-faces.ts';

/** A good call of a writing route. `body`: JSON, or the parts of a form of which `part` is JSON. */
export interface GoodCall {
  readonly path: string;
  readonly body: unknown;
  /** Name of the form part that holds the JSON; without it the body is the JSON. */
  readonly part?: string;
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** v1 of SvarUt logs in by account. */
  readonly v1?: boolean;
  /** Fields that the route knows besides those of its schema and of `body`. */
  readonly known?: readonly string[];
  /** Refuses unknown fields. */
  readonly strict?: boolean;
}

/** Routes that take no body, or a form of one's own, each with the reason. */
const WITHOUT_JSON: readonly [pattern: RegExp, reason: string][] = [
  [/^\w+ \/simulator\//, 'the other end of a client of ours; nothing of ours is changed'],
  [/^\w+ \/idporten\//, 'the simulated login, whose library reads its own forms'],
  [/^POST \/maskinporten\/token$/, 'two form fields, taken by name'],
  [/^POST \/(?:logg-ut|logg-ut\/idporten|innlogginger\/.*)$/, 'form fields, taken by name'],
  [/^POST \/rabbitmq\//, 'asked by RabbitMQ: form fields, taken by name; changes nothing'],
  [/\/(?:aktiver|deaktiver|passord)$/, 'no body'],
  [/ersystemer?\/.*(?:t|T)ilganger\/:ekstern\w+$/, 'no body'],
  [/^POST .*\/(?:forespurteTilganger|tilganger)\/:ekstern\w+$/, 'no body'],
  [/startNyForsendelse$/, 'no body'],
  [/^PUT .*offentligNokkel(?:String)?$/, 'one text, taken by name; also as a form'],
  [/sertifikat\/verifiser$/, 'one file'],
  [/^POST \/tjenester\/api\/forsendelse\/v1\/(?:statuser|slettFiler)$/, 'a list of ids'],
  [/^POST \/tjenester\/api\/forsendelse\/v1\/:id\/sendForsendelse$/, 'the form of sendForsendelse'],
];

export function takesJson({ method, url }: Route): boolean {
  return (
    /^(?:POST|PUT|PATCH)$/.test(method) && !WITHOUT_JSON.some(([pattern]) => pattern.test(`${method} ${url}`))
  );
}

/** Good calls by `METHOD pattern`, all of one integration and on things of its own. */
export async function goodCalls(test: TestServer) {
  const file = JSON.parse(await readFile(join(test.dataDir, 'demo-access.json'), 'utf8')) as AccessFile;
  const [{ kontoId, integrasjonId }, other] = file.fiksIoAccounts as [
    AccessFile['fiksIoAccounts'][number],
    AccessFile['fiksIoAccounts'][number],
  ];
  const integration = test.access.integrations.find((each) => each.integrasjonId === integrasjonId)!;
  const { rows } = await test.owner.query<{ org: string; system: string }>(
    'select tenant_id as org, id as system from exchange.system where integrasjon_id = $1',
    [integrasjonId],
  );
  const { org, system } = rows[0]!;
  await test.owner.query(
    `insert into access.integration_grant values ($1, 'exchange.organisasjon', $2, $2, now()) on conflict do nothing`,
    [integrasjonId, org],
  );
  const headers = await test.headers(integration);
  const { username, password } = test.access.svarutV1Accounts[0]!;
  const call = async (method: string, { path, body, part, files, v1 }: GoodCall) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const form = new FormData();
    if (part) form.append(part, new Blob([text], { type: 'application/json' }));
    for (const { name, bytes } of files ?? []) form.append(name, new Blob([Buffer.from(bytes)]), 'a.pdf');
    const answer = await fetch(`${test.baseUrl}${path}`, {
      method,
      headers: {
        ...(v1 ? { authorization: basic(username, password) } : headers),
        ...(part ? {} : { 'content-type': 'application/json' }),
      },
      body: part ? form : text,
    });
    return { status: answer.status, text: await answer.text() };
  };
  const json = async (method: string, path: string, body: unknown) =>
    JSON.parse((await call(method, { path, body })).text) as Record<string, string>;

  const P = `/fiks-protokoll/api/v1/konfigurasjon/${org}/systemer/${system}`;
  const A = `/api/exchange/admin/organisasjoner/${org}`;
  const K = `/fiks-io/konto/api/v1/kontoer/${kontoId}`;
  const pem = integration.certificatePem;
  const parts = [{ partNavn: 'matrikkelklient', stottetProtokollVersjon: 'v2' }];
  const protokoll = 'no.ks.fiks.matrikkelfoering';
  const made = await json('POST', `${A}/systemer/${system}/kontoer`, { navn: 'Prøve' });
  const protokollKonto = await json('POST', `${P}/kontoer`, {
    navn: 'Protokoll',
    beskrivelse: 'b',
    stottetProtokollNavn: protokoll,
    parts,
  });
  const adresse = await json('POST', `${K}/adresser`, { beskrivelse: 'Prøve' });
  const AD = `${K}/adresser/${adresse.id ?? adresse.adresseId}`;
  const PK = `${P}/kontoer/${protokollKonto.id ?? protokollKonto.kontoId}`;
  const melding = {
    avsenderKontoId: kontoId,
    mottakerKontoId: other.kontoId,
    meldingType: 'no.eksempel.prove',
  };
  const D = `/dokumentlager/api/v1/${org}/kontoer/${kontoId}/dokumenter`;
  const metadata = {
    dokumentnavn: 'a.pdf',
    mimetype: 'application/pdf',
    sikkerhetsniva: 3,
    ttl: 86_400,
    eksponertFor: [{ type: 'INTEGRASJON', id: integrasjonId }],
    korrelasjonsid: crypto.randomUUID(),
  };
  const fil = [{ name: 'dokument', bytes: samplePdf() }];
  const uploaded = JSON.parse(
    (await call('POST', { path: D, part: 'metadata', body: metadata, files: fil })).text,
  ) as Record<string, string>;
  const fnr = test.person('altinn').fnr;
  const letter = (await sendLetter(test, { to: { fnr }, files: [{ name: 'a.pdf', bytes: samplePdf() }] }))
    .body.id;
  const v2Konto = test.integration('Eksempel').svarutKontoIds[0];
  const forsendelse = JSON.parse(
    await (
      letterForm({ to: { fnr }, files: [{ name: 'a.pdf', bytes: samplePdf() }] }).get('forsendelse') as Blob
    ).text(),
  ) as object;
  const v1Letter = () => ({
    tittel: `Brev ${crypto.randomUUID()}`,
    mottaker: {
      postAdresse: { navn: 'Ola', adresse1: 'Gata 1', postNummer: '0001', postSted: 'OSLO' },
      digitalAdresse: { fodselsNummer: fnr },
    },
    dokumenter: [{ filnavn: 'a.pdf', mimeType: 'application/pdf' }],
  });
  const filer = [{ name: 'filer_0', bytes: samplePdf() }];
  const identifikator = { identifikatorType: 'ORG_NO', identifikator: integration.orgnr };

  const calls: Readonly<Record<string, () => GoodCall>> = {
    'POST /tjenester/api/forsendelse/v1/sendForsendelse': () => ({
      path: '/tjenester/api/forsendelse/v1/sendForsendelse',
      part: 'forsendelse',
      body: v1Letter(),
      files: filer,
      v1: true,
    }),
    'POST /tjenester/api/forsendelse/v1/:id/settLest': () => ({
      path: `/tjenester/api/forsendelse/v1/${letter}/settLest`,
      body: { lestAvFodselsNummer: fnr, navnPaEksterntSystem: 'Sak', datoLest: Date.now() },
      v1: true,
    }),
    'POST /api/v2/kontoer/:kontoId/forsendelser': () => ({
      path: `/api/v2/kontoer/${v2Konto}/forsendelser`,
      part: 'forsendelse',
      body: { ...forsendelse, tittel: `Brev ${crypto.randomUUID()}` },
      files: filer,
    }),
    'POST /api/v2/kontoer/:kontoId/forsendelser/status-sok': () => ({
      path: `/api/v2/kontoer/${v2Konto}/forsendelser/status-sok`,
      body: { forsendelseIds: [letter] },
    }),
    'POST /api/v2/forsendelser/:id/lest': () => ({
      path: `/api/v2/forsendelser/${letter}/lest`,
      body: { fnr, tidspunkt: new Date().toISOString(), eksterntSystemnavn: 'Sak' },
    }),
    'POST /fiks-io/katalog/api/v1/matchendeAdresser': () => ({
      path: '/fiks-io/katalog/api/v1/matchendeAdresser',
      body: { identifikator: [identifikator], meldingType: ['a'], sikkerhetsnivaer: [3] },
    }),
    'POST /fiks-io/konto/api/v1/kontoer': () => ({
      path: '/fiks-io/konto/api/v1/kontoer',
      body: { konto: { navn: 'Ny', fiksOrgId: org }, skalAktiveres: false, forelderresurs: system },
    }),
    'PUT /fiks-io/konto/api/v1/kontoer/:kontoId/kontoNavn': () => ({
      path: `${K}/kontoNavn`,
      body: { kontoNavn: 'Nytt navn' },
    }),
    'POST /fiks-io/konto/api/v1/kontoer/:kontoId/aksepterteAvsendere': () => ({
      path: `${K}/aksepterteAvsendere`,
      body: { kontoId: other.kontoId },
    }),
    'POST /fiks-io/konto/api/v1/kontoer/:kontoId/adresser': () => ({
      path: `${K}/adresser`,
      body: { beskrivelse: 'Ny' },
    }),
    'PUT /fiks-io/konto/api/v1/kontoer/:kontoId/adresser/:adresseId/beskrivelse': () => ({
      path: `${AD}/beskrivelse`,
      body: { beskrivelse: 'Annen' },
    }),
    ...Object.fromEntries(
      (
        [
          ['identifikatorer', [identifikator]],
          ['meldingsprotokoller', [{ meldingsprotokoll: 'a' }]],
          ['sikkerhetsnivaer', [{ sikkerhetsniva: 3 }]],
        ] as const
      ).flatMap(([kind, body]) =>
        ['', '/fjern'].map((suffix) => [
          `POST /fiks-io/konto/api/v1/kontoer/:kontoId/adresser/:adresseId/${kind}${suffix}`,
          () => ({ path: `${AD}/${kind}${suffix}`, body }),
        ]),
      ),
    ),
    'POST /fiks-io/konto/api/v1/kontoer/:kontoId/validerMelding': () => ({
      path: `/fiks-io/konto/api/v1/kontoer/${other.kontoId}/validerMelding`,
      body: { avsenderKontoId: kontoId, meldingsType: 'no.eksempel.prove' },
    }),
    'POST /fiks-protokoll/api/v1/konfigurasjon/:fiksOrgId/systemer/:systemId/kontoer': () => ({
      path: `${P}/kontoer`,
      body: { navn: 'N', beskrivelse: 'b', stottetProtokollNavn: protokoll, parts },
    }),
    'PUT /fiks-protokoll/api/v1/konfigurasjon/:fiksOrgId/systemer/:systemId/kontoer/:kontoId/info': () => ({
      path: `${PK}/info`,
      body: { navn: 'Annet', beskrivelse: 'c' },
    }),
    'PUT /fiks-protokoll/api/v1/konfigurasjon/:fiksOrgId/systemer/:systemId/kontoer/:kontoId/pem': () => ({
      path: `${PK}/pem`,
      body: { offentligNokkel: pem },
    }),
    'POST /fiks-protokoll/api/v1/konfigurasjon/:fiksOrgId/systemer/:systemId/kontoer/:kontoId/parter':
      () => ({
        path: `${PK}/parter`,
        body: { parts },
      }),
    'POST /fiks-protokoll/api/v1/konfigurasjon/:fiksOrgId/systemer/:systemId/kontoer/:kontoId/system-sok':
      () => ({
        path: `${PK}/system-sok`,
        body: { term: 'kommune', filter: { stotterKonto: true } },
      }),
    'POST /fiks-protokoll/api/v1/konfigurasjon/:fiksOrgId/systemer/:systemId/konto-sok': () => ({
      path: `${P}/konto-sok`,
      body: { term: 'kommune', filter: {} },
    }),
    'PUT /fiks-protokoll/api/v1/konfigurasjon/:fiksOrgId/systemer/:systemId/info': () => ({
      path: `${P}/info`,
      body: { navn: 'System', beskrivelse: 'b', eposter: ['a@example.no'], offentlig: true },
    }),
    'POST /api/exchange/admin/organisasjoner/:orgId/systemer': () => ({
      path: `${A}/systemer`,
      body: { navn: 'Nytt system' },
    }),
    'PATCH /api/exchange/admin/organisasjoner/:orgId/systemer/:systemId': () => ({
      path: `${A}/systemer/${system}`,
      body: { konfigureresAvIntegrasjon: true },
    }),
    'POST /api/exchange/admin/organisasjoner/:orgId/systemer/:systemId/kontoer': () => ({
      path: `${A}/systemer/${system}/kontoer`,
      body: { navn: 'K', protokoll, parter: [{ part: 'matrikkelklient', versjon: 'v2' }] },
    }),
    'PATCH /api/exchange/admin/organisasjoner/:orgId/kontoer/:kontoId': () => ({
      path: `${A}/kontoer/${made.kontoId}`,
      body: { sendDeaktivert: false },
    }),
    'PUT /api/exchange/admin/organisasjoner/:orgId/kontoer/:kontoId/nokkel': () => ({
      path: `${A}/kontoer/${made.kontoId}/nokkel`,
      body: { pem },
    }),
    'POST /fiks-io/api/v1/send': () => ({
      path: '/fiks-io/api/v1/send',
      part: 'metadata',
      body: { ...melding, headere: { klientMeldingId: crypto.randomUUID() } },
      known: ['ttl', 'svarPaMelding'],
    }),
    'POST /api/exchange/valider': () => ({
      path: '/api/exchange/valider',
      part: 'metadata',
      body: { meldingstype: 'no.ks.fiks.matrikkelfoering.grunnlag.hent.v2' },
      known: ['svarPaMelding', 'headere', 'original', 'parter', 'harKall'],
      // An unknown name is a mistake here, and refused.
      strict: true,
    }),
    'POST /dokumentlager/api/v1/:fiksOrgId/kontoer/:kontoId/dokumenter': () => ({
      path: D,
      part: 'metadata',
      body: metadata,
      files: fil,
      known: ['tilgjengeligTil', 'ikkeLagreDokumentLastetNed', 'mimeType'],
    }),
    'PATCH /dokumentlager/api/v1/:fiksOrgId/kontoer/:kontoId/dokumenter/:dokumentId': () => ({
      path: `${D}/${uploaded.id ?? uploaded.dokumentId}`,
      body: { ttl: 86_400 },
      known: ['tilgjengeligTil'],
    }),
    'POST /dokumentlager/api/v1/:fiksOrgId/kontoer/:kontoId/dokumenter/sok': () => ({
      path: `${D}/sok`,
      body: { korrelasjonsid: metadata.korrelasjonsid },
    }),
  };
  return { calls, call };
}
