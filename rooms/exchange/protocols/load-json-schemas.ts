import { Compile } from 'typebox/schema';
import type { LastetSjekk, Lasting, SkjemaFil } from './load-schemas.ts';
import { parseTolerantJson } from './tolerant-json.ts';
import { validateJson } from './validate-json.ts';

const ENDELSE = '.schema.json';

type Skjema = Record<string, unknown>;

/** The JSON Schemas of one folder, each with all that it refers to. */
export function loadJsonSchemas(filer: readonly SkjemaFil[]): Lasting {
  const sjekker: LastetSjekk[] = [];
  const advarsler: { fil: string; tekst: string }[] = [];
  const skjemaer = new Map<string, Skjema>();
  for (const { navn, innhold } of filer.filter(({ navn }) => navn.endsWith(ENDELSE))) {
    try {
      skjemaer.set(navn, asSchema(parseTolerantJson(new TextDecoder().decode(innhold))));
    } catch (error) {
      advarsler.push({ fil: navn, tekst: `Kan ikke leses: ${(error as Error).message}` });
    }
  }
  for (const navn of [...skjemaer.keys()].filter((navn) => !navn.includes('.felles.'))) {
    try {
      const sjekk = Compile(bundle(navn, skjemaer));
      sjekker.push({
        meldingstype: navn.slice(0, -ENDELSE.length),
        sjekk: async (bytes) => validateJson(bytes, sjekk),
      });
    } catch (error) {
      advarsler.push({ fil: navn, tekst: `Kan ikke brukes: ${(error as Error).message}` });
    }
  }
  return { sjekker, advarsler };
}

function asSchema(verdi: unknown): Skjema {
  if (typeof verdi !== 'object' || verdi === null || Array.isArray(verdi)) throw new Error('not a schema');
  return verdi as Skjema;
}

/** One schema of many files: each file becomes a definition, and references lead to the definitions. */
function bundle(start: string, skjemaer: ReadonlyMap<string, Skjema>): Skjema {
  const $defs: Record<string, unknown> = {};
  const waiting = [start];
  for (let navn = waiting.pop(); navn !== undefined; navn = waiting.pop()) {
    if (navn in $defs) continue;
    const skjema = skjemaer.get(navn);
    if (!skjema) throw new Error(`${navn} is missing`);
    const { $id: _, $schema: __, ...rest } = skjema;
    $defs[navn] = rewrite(rest, navn, (referert) => waiting.push(referert));
  }
  return { $defs, $ref: pointer(start) };
}

function rewrite(verdi: unknown, fil: string, refers: (fil: string) => void): unknown {
  if (Array.isArray(verdi)) return verdi.map((each) => rewrite(each, fil, refers));
  if (typeof verdi !== 'object' || verdi === null) return verdi;
  return Object.fromEntries(
    Object.entries(verdi).map(([navn, innhold]) => {
      if (navn !== '$ref' || typeof innhold !== 'string') return [navn, rewrite(innhold, fil, refers)];
      const [referert, sti = ''] = innhold.split('#', 2) as [string, string?];
      if (referert) refers(referert);
      return ['$ref', pointer(referert || fil) + sti];
    }),
  );
}

function pointer(fil: string): string {
  return `#/$defs/${fil.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
