/** The value, or undefined when it is not JSON. The parser's own error quotes the text and is dropped. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
