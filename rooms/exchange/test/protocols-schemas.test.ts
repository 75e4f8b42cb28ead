import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LastedeSkjemaer, loadSchemas } from '../protocols/load-schemas.ts';
import { parseTolerantJson } from '../protocols/tolerant-json.ts';
import { validateMessage } from '../protocols/validate-message.ts';

const TYPE = 'no.ks.fiks.plan.v2.innsyn.plandokumenter.finn';
const NY = 'no.ks.fiks.nyprotokoll.v9.noe.hent';
const V2 = 'no.ks.fiks.arkiv.v2.arkivering.avskrivning.slett';

const XSD = (navn: string, innhold: string) =>
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:test:${navn}" xmlns:felles="urn:test:felles"
    targetNamespace="urn:test:${navn}" elementFormDefault="qualified">${innhold}</xs:schema>`;

/** Schemas of our own with the slips that the published ones have (§5.1). */
const FILER: Readonly<Record<string, string>> = {
  [`plan/${TYPE}.schema.json`]: `\uFEFF{
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "${TYPE}.schema.json",
    "type": "object",
    "properties": { "plan": { $ref: "plan.felles.planid.schema.json" }, "tekst, ]": {}, },
    "required": ["plan",],
  }`,
  'plan/plan.felles.planid.schema.json': `{
    "definitions": { "Id": { "type": "string", "pattern": "^p[0-9]+$" } },
    "type": "object", "properties": { "id": { "$ref": "#/definitions/Id" } }, "required": ["id"] }`,
  [`nytt/${NY}.schema.json`]: '{ "type": "object", "required": ["a"] }',
  'plan/no.ks.fiks.plan.v2.innsyn.borte.schema.json': '{ "$ref": "finnes.ikke.schema.json" }',
  'plan/no.ks.fiks.plan.v2.innsyn.odelagt.schema.json': '{ "type": ',
  [`arkiv/${V2}.xsd`]: XSD(
    'slett',
    `<xs:import namespace="urn:test:felles" schemaLocation="./felles.xsd"/>
    <xs:element name="slett"><xs:complexType><xs:sequence>
      <xs:element name="id" type="felles:id"/></xs:sequence></xs:complexType></xs:element>`,
  ),
  'arkiv/felles.xsd': XSD(
    'felles',
    '<xs:simpleType name="id"><xs:restriction base="xs:string"><xs:minLength value="2"/></xs:restriction></xs:simpleType>',
  ),
  'arkiv/no.ks.fiks.arkiv.v2.uten.import.xsd': XSD('uten', '<xs:element name="a" type="felles:id"/>'),
  'arkiv/LESMEG.txt': 'Ikke et skjema',
};

let mappe: string;
let skjemaer: LastedeSkjemaer;

beforeAll(async () => {
  mappe = await mkdtemp(join(tmpdir(), 'grunnmur-skjema-'));
  for (const [navn, innhold] of Object.entries(FILER)) {
    await mkdir(join(mappe, navn, '..'), { recursive: true });
    await writeFile(join(mappe, navn), innhold);
  }
  skjemaer = await loadSchemas(mappe);
});

afterAll(() => rm(mappe, { recursive: true, force: true }));

async function funn(meldingstype: string, navn: string, innhold: string) {
  const fil = { navn, storrelse: innhold.length, innhold: Buffer.from(innhold) };
  const { funn } = await validateMessage({ meldingstype, filer: [fil] }, skjemaer);
  return funn.map(({ alvor, regel, sti }) => `${alvor} ${regel} ${sti}`);
}

describe('schemas of an operator', () => {
  it('gives a check for each message type, and tells which files it could not use', () => {
    expect(skjemaer.meldingstyper).toEqual([V2, NY, TYPE]);
    expect(skjemaer.advarsler.map(({ fil }) => fil).sort()).toEqual([
      'no.ks.fiks.arkiv.v2.uten.import.xsd',
      'no.ks.fiks.plan.v2.innsyn.borte.schema.json',
      'no.ks.fiks.plan.v2.innsyn.odelagt.schema.json',
    ]);
  });

  it('reads trailing commas, keys without quotes and references by bare file names', async () => {
    expect(await funn(TYPE, 'payload.json', '{"plan":{"id":"p12"}}')).toEqual([]);
    expect(await funn(TYPE, 'payload.json', '{"plan":{"id":"12"}}')).toEqual([
      'feil verdi payload.json:/plan/id',
    ]);
    expect(await funn(TYPE, 'payload.json', '{}')).toEqual(['feil mangler payload.json:/plan']);
  });

  it('checks XML by the schema, after our own limits', async () => {
    const navn = 'avskrivning-slett.xml';
    const slett = (innhold: string) => `<slett xmlns="urn:test:slett">${innhold}</slett>`;
    expect(await funn(V2, navn, slett('<id>ab</id>'))).toEqual(['advarsel utkast meldingstype']);
    expect(await funn(V2, navn, slett('<id>a</id>'))).toContain(`feil skjema ${navn}:linje 1`);
    expect(await funn(V2, navn, `<!DOCTYPE slett>${slett('<id>ab</id>')}`)).toContain(
      `feil doctype ${navn}:/`,
    );
  });

  it('checks a type that is newer than the catalogue, with a warning', async () => {
    expect(await funn(NY, 'dokument.json', '{"a":1}')).toEqual(['advarsel utenfor-katalogen meldingstype']);
    expect(await funn(NY, 'dokument.json', '{}')).toEqual([
      'advarsel utenfor-katalogen meldingstype',
      'feil mangler dokument.json:/a',
    ]);
    expect(await funn('no.ks.fiks.nyprotokoll.v9.annet', 'dokument.json', '{}')).toEqual([
      'feil ukjent-type meldingstype',
    ]);
  });

  it('repairs the two slips of JSON and no others', () => {
    expect(parseTolerantJson('{a: [1, 2, ], "b,}": ",]", }')).toEqual({ a: [1, 2], 'b,}': ',]' });
    expect(() => parseTolerantJson("{'a': 1}")).toThrow();
    expect(() => parseTolerantJson('{"a": 1')).toThrow();
  });
});
