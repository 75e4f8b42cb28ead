import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const POLL_MS = 300;
const GIVE_UP_AFTER_MS = 20 * 60_000;

/** @param {number} ms */
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** True when a process of that number lives on this machine, also when it belongs to somebody else. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function tryTake(path, token) {
  try {
    writeFileSync(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new Error(
      `cannot write ${path} (${error.code}): this folder must be writable for the installation.`,
    );
  }
}

function holder(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * Removes the lock of a process that died. Renaming decides who removes it when several wait; should the lock have changed hands
 * between reading and renaming, the living holder's lock is put back.
 */
function removeStale(path, seen) {
  const aside = `${path}-${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const taken = holder(aside);
  rmSync(aside, { force: true });
  if (taken !== null && taken !== seen) tryTake(path, taken);
}

/**
 * Runs `work` while no other process runs it for the same lock file. Waits for a living holder (at most 20 minutes) and takes
 * over from a dead one.
 * @param {string} path
 * @param {() => Promise<void>} work
 */
export async function withInstallLock(path, work) {
  const token = `${process.pid} ${randomUUID()}`;
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  let told = false;
  while (!tryTake(path, token)) {
    const seen = holder(path);
    const pid = Number.parseInt(seen ?? '', 10);
    if (seen !== null && pid > 0 && !isAlive(pid)) {
      removeStale(path, seen);
      continue;
    }
    if (Date.now() > deadline)
      throw new Error(`another installation (process ${pid}) has held ${path} for 20 minutes.`);
    if (!told) console.error(`Grunnmur: waiting for another installation in this folder (process ${pid}) …`);
    told = true;
    await wait(POLL_MS);
  }
  const release = () => {
    if (holder(path) === token) rmSync(path, { force: true });
  };
  // 130: the usual exit code after Ctrl-C. The lock goes with the process instead of waiting to be found stale.
  const onSignal = () => {
    release();
    process.exit(130);
  };
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    await work();
  } finally {
    release();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
