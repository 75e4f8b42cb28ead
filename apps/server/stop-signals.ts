/** Why the program is to stop. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'parent';

export interface StopOptions {
  /** Something of the caller's own that means stop, e.g. a Ctrl-C that it has seen. */
  readonly interrupted?: AbortSignal;
  /** Called at a second Ctrl-C, which means at once. */
  readonly now: () => void;
}

/** A terminal's Ctrl-C reaches npm as well, which passes it on: two within this time are one. */
const SAME_WISH_MS = 500;
const PARENT_POLL_MS = 500;

/**
 * Resolves when somebody wants the program to stop: Ctrl-C, a supervisor, a terminal that is closed, or, when npm or our
 * own command started us, the end of that process, however it came (it cannot pass on a SIGKILL). Without a terminal
 * SIGHUP is not meant for us (`nohup`; Node.js has taken away that it is ignored), nor is what it does to npm.
 */
export function stopAsked({ interrupted, now }: StopOptions): Promise<StopReason> {
  return new Promise((resolve) => {
    let first = 0;
    const ask = (reason: StopReason) => {
      const at = performance.now();
      if (first > 0 && at - first > SAME_WISH_MS && reason === 'SIGINT') now();
      first ||= at;
      clearInterval(watch);
      resolve(reason);
    };
    const watch = startedByOurs() ? watchParent(() => ask('parent')) : undefined;
    process.on('SIGINT', () => ask('SIGINT'));
    process.on('SIGTERM', () => ask('SIGTERM'));
    process.on('SIGHUP', () => (hasTerminal() ? ask('SIGHUP') : clearInterval(watch)));
    if (interrupted?.aborted) ask('SIGINT');
    interrupted?.addEventListener('abort', () => ask('SIGINT'), { once: true });
  });
}

/** npm's own script, not one of a program that happens to run below another npm; or the command `grunnmur`. */
function startedByOurs(): boolean {
  const {
    npm_lifecycle_event: event,
    npm_lifecycle_script: script,
    GRUNNMUR_LAUNCHER: launcher,
  } = process.env;
  const byNpm = event === 'start' && script?.includes('apps/server/main.ts');
  return byNpm || launcher === String(process.ppid);
}

function watchParent(gone: () => void): NodeJS.Timeout {
  const parent = process.ppid;
  return setInterval(() => process.ppid !== parent && gone(), PARENT_POLL_MS).unref();
}

function hasTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
}
