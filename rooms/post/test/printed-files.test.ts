import { readdir } from 'node:fs/promises';
import { newId } from '@grunnmur/kernel/ids';
import { testFolder } from '@grunnmur/kernel/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createPrintClient, type PrintJob } from '../external/index.ts';
import { printedFiles } from '../external/printed-files.ts';
import { printSimulator } from '../external/simulators.ts';
import { authorise, cleanUp, cleanup, serve, token } from './external-kit.ts';

afterEach(cleanUp);

const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n');

function job(change: Partial<PrintJob> = {}): PrintJob {
  return {
    jobId: newId(),
    senderOrgnr: '910568183',
    pages: 1,
    sheets: 1,
    doubleSided: false,
    colour: false,
    envelope: 'C5',
    postage: { class: 'B', zone: 'norway' },
    giroPages: [],
    pdf: (async function* () {
      yield Uint8Array.from(PDF);
    })(),
    ...change,
  };
}

describe('print files of a demonstration', () => {
  it('are given to anybody who asks, as they were printed', async () => {
    const filesDir = await testFolder();
    const baseUrl = await serve(printSimulator({ authorise, filesDir }).plugin, '/sim/print');
    const client = createPrintClient({ baseUrl, token });
    cleanup(() => client.close());
    const printed = job();
    await client.send(printed);
    const answer = await fetch(`${baseUrl}/files/${printed.jobId}.pdf`);
    expect(answer.headers.get('content-type')).toBe('application/pdf');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(PDF);

    const refused = job({ sheets: 5 });
    await client.send(refused);
    for (const name of [`${refused.jobId}.pdf`, `${newId()}.pdf`, '..%2F..%2Fetc%2Fpasswd', 'x'])
      expect((await fetch(`${baseUrl}/files/${name}`)).status).toBe(404);
    expect(await readdir(filesDir)).toEqual([`${printed.jobId}.pdf`]);
  });

  it('are the newest hundred', async () => {
    const folder = await testFolder();
    const files = printedFiles(folder);
    const ids = Array.from({ length: 103 }, newId);
    for (const id of ids) {
      const file = await files.receive();
      await file.write(Uint8Array.from(PDF));
      await file.keep(id);
      await file.close();
    }
    expect(await readdir(folder)).toHaveLength(100);
    expect(await files.read(ids.at(-1)!)).toMatchObject({ bytes: PDF.length });
    (await files.read(ids.at(-1)!))!.stream.destroy();
  });

  it('are not kept anywhere else', async () => {
    const baseUrl = await serve(printSimulator({ authorise }).plugin, '/sim/print');
    const client = createPrintClient({ baseUrl, token });
    cleanup(() => client.close());
    const printed = job();
    await client.send(printed);
    expect((await fetch(`${baseUrl}/files/${printed.jobId}.pdf`)).status).toBe(404);
  });
});
