import { join } from 'node:path';
import { writePrivate } from './secrets.ts';

/** Everything a script needs to log in, readable by us only; written anew at each start. Answers the file's path. */
export async function writeDemoAccess(
  dataDir: string,
  content: Readonly<Record<string, unknown>>,
): Promise<string> {
  const path = join(dataDir, 'demo-access.json');
  await writePrivate(path, `${JSON.stringify(content, null, 2)}\n`);
  return path;
}
