import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import { describeV1Client } from '@grunnmur/post/test/v1-client-suite';
import { startTestServer } from './harness.ts';

describeV1Client('the complete server', async () => {
  const test = await startTestServer();
  const { username, password, orgnr } = test.access.svarutV1Accounts[0]!;
  const pdf = samplePdf({ pages: 2, text: 'Vedtak' });
  const pdfPath = join(test.dataDir, 'fra-disk.pdf');
  await writeFile(pdfPath, pdf);
  return {
    baseUrl: test.baseUrl,
    username,
    password,
    orgnr,
    fnr: test.person('altinn').fnr,
    pdf,
    pdfPath,
    close: test.stop,
  };
});
