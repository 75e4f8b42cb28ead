/**
 * Reads JSON as the published files are: with trailing commas and keys without quotes (fiks-io §5.1), or a byte order mark.
 * Throws for anything else that is not JSON.
 */
export function parseTolerantJson(tekst: string): unknown {
  const ren = tekst.replace(/^\uFEFF/, '');
  try {
    return JSON.parse(ren);
  } catch {
    return JSON.parse(repair(ren));
  }
}

/** A string, or one of the two slips; strings are matched so that nothing inside them is touched. */
const SLURV = /"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])|([{,]\s*)([A-Za-z_$][\w$]*)(?=\s*:)/g;

function repair(tekst: string): string {
  return tekst.replace(SLURV, (treff, foran?: string, navn?: string) => {
    if (navn !== undefined) return `${foran}"${navn}"`;
    return treff === ',' ? '' : treff;
  });
}
