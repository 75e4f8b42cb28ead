/** Windows opens these as devices, whatever stands behind the first dot (Microsoft: Naming Files, Paths, and Namespaces). */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/iu;
/** Most file systems take 255 bytes; some room is left for a number and for what a program adds. */
const MOST_BYTES = 240;

/** Names with the same key cannot lie in one folder everywhere: case, composition, invisible characters, final dots and spaces. */
export function fileNameKey(name: string): string {
  return name
    .normalize('NFC')
    .replace(/\p{DI}/gu, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
}

/**
 * Names for the entries of a ZIP that can be unpacked on every system, in the order given: a file that is called as a
 * device gets a line before its name, final dots and spaces become lines, a name that is too long loses its middle, and
 * one that is taken gets a number.
 */
export function archiveNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((given) => {
    const name = shortened(safeName(given));
    let unique = name;
    for (let nr = 2; taken.has(fileNameKey(unique)); nr++) unique = withNumber(name, nr);
    taken.add(fileNameKey(unique));
    return unique;
  });
}

function safeName(given: string): string {
  const name = given.normalize('NFC').replace(/[. ]+$/, (end) => '_'.repeat(end.length));
  return DEVICE.test(name.replace(/ +(?=\.|$)/, '')) ? `_${name}` : name;
}

function shortened(name: string): string {
  const { stem, ending } = parted(name);
  const characters = [...stem];
  while (characters.length > 1 && Buffer.byteLength(characters.join('') + ending) > MOST_BYTES)
    characters.pop();
  return characters.join('') + ending;
}

function withNumber(name: string, nr: number): string {
  const { stem, ending } = parted(name);
  return `${stem} (${nr})${ending}`;
}

/** The ending is what tells a program what the file is: `.pdf`. */
function parted(name: string): { stem: string; ending: string } {
  const ending = /(?<=.)\.[^.]{1,10}$/u.exec(name)?.[0] ?? '';
  return { stem: name.slice(0, name.length - ending.length), ending };
}
