import { parentPort, workerData } from 'node:worker_threads';
import { isAppError } from '../errors/index.ts';
import { fileOps } from './file-ops.ts';
import { createFolderSync } from './folder-sync.ts';
import { type FilePlace, putFile } from './put-file.ts';
import type { WriteReply, WriteRequest, WriteThreadSetup } from './write-thread.ts';

const { root } = workerData as WriteThreadSetup;
const folders = createFolderSync(root, fileOps);

parentPort!.on('message', (request: WriteRequest) => {
  void write(request).then((reply) => parentPort!.postMessage(reply));
});

async function write({ id, key, dataKey, bytes }: WriteRequest): Promise<WriteReply> {
  const place: FilePlace = { root, files: fileOps, folders, keyRing: { forTenant: async () => dataKey } };
  try {
    return { id, stored: await putFile(place, key, bytes, {}) };
  } catch (error) {
    return {
      id,
      error: { status: isAppError(error) ? error.status : undefined, message: (error as Error).message },
    };
  }
}
