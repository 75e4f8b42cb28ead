/**
 * Browsers and systems by what tells them in `User-Agent`, the particular before the general: nearly all claim to be
 * Safari and Mozilla. By hand, because a person only needs to know her own phone from her own PC, which a library of
 * thousands of patterns does no better; and no more of the header is kept than these two words.
 */
const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'edge'],
  [/\b(?:OPR|Opera)\//, 'opera'],
  [/\bSamsungBrowser\//, 'samsung'],
  [/\b(?:Firefox|FxiOS)\//, 'firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'chrome'],
  [/\bSafari\//, 'safari'],
];
const SYSTEMS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b(?:iPhone|iPod)\b/, 'iphone'],
  [/\biPad\b/, 'ipad'],
  [/\bAndroid\b/, 'android'],
  [/\bWindows\b/, 'windows'],
  [/\bCrOS\b/, 'chromebook'],
  [/\bMac OS X\b/, 'mac'],
  [/\bLinux\b/, 'linux'],
];
const NAMES: Readonly<Record<string, string>> = {
  ipad: 'iPad',
  iphone: 'iPhone',
  samsung: 'Samsung Internet',
};

/** `browser/system` of a `User-Agent`, for a session to be known by; undefined when either is unknown. */
export function deviceOf(userAgent: string | undefined): string | undefined {
  const text = (userAgent ?? '').slice(0, 1000);
  const browser = BROWSERS.find(([pattern]) => pattern.test(text))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(text))?.[1];
  return browser && system && `${browser}/${system}`;
}

/** The two names of {@link deviceOf} as people write them. */
export function deviceNames(device: string): { readonly browser: string; readonly system: string } {
  const [browser = '', system = ''] = device.split('/');
  return { browser: nameOf(browser), system: nameOf(system) };
}

function nameOf(word: string): string {
  return NAMES[word] ?? word.charAt(0).toUpperCase() + word.slice(1);
}
