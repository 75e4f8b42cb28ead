import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FNR, ORGNR, startFaces } from './face-harness.ts';
import { describeV1Client } from './face-v1-client-suite.ts';

describeV1Client('the v1 face', async () => {
  const faces = await startFaces();
  const folder = await mkdtemp(join(tmpdir(), 'grunnmur-face-v1-'));
  const pdf = Buffer.from('%PDF-1.7 (the service double reads no PDF)');
  const pdfPath = join(folder, 'fra-disk.pdf');
  await writeFile(pdfPath, pdf);
  return {
    baseUrl: faces.url,
    username: 'konto-a',
    password: 'hemmelig',
    fnr: FNR,
    orgnr: ORGNR,
    pdf,
    pdfPath,
    close: async () => {
      await faces.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
