/** Is the bearer token good for the scope? The simulators are only as strict as this function. */
export type Authorise = (token: string, scope: string) => boolean | Promise<boolean>;

/** Remembers good tokens for a minute, so that a benchmark measures letters and not signature checks. */
export function cachedAuthorise(authorise: Authorise, scope: string, now: () => Date) {
  const good = new Map<string, number>();
  return async (header: string | undefined): Promise<boolean> => {
    const token = /^Bearer ([\w.~+/=-]+)$/.exec(header ?? '')?.[1];
    if (token === undefined) return false;
    const at = now().getTime();
    const until = good.get(token);
    if (until !== undefined && until > at) return true;
    if (!(await authorise(token, scope))) return false;
    if (good.size >= 1000) good.clear();
    good.set(token, at + 60_000);
    return true;
  };
}
