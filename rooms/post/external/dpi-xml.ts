// What XML 1.0 does not allow at all (section 2.2), after lone surrogates are gone.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/** Text content, escaped as canonical XML writes it (Canonical XML 1.0, section 2.3). */
export function xmlText(value: string): string {
  return clean(value).replace(/[&<>\r]/g, (character) => TEXT[character] ?? character);
}

/** An attribute's value, escaped as canonical XML writes it. */
export function xmlAttribute(value: string): string {
  return clean(value).replace(/[&<"\t\n\r]/g, (character) => ATTRIBUTE[character] ?? character);
}

const TEXT: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' };
const ATTRIBUTE: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

function clean(value: string): string {
  return value.toWellFormed().replace(FORBIDDEN, '');
}
