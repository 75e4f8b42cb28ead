import { randomBytes } from 'node:crypto';
import { samplePdf } from '@grunnmur/post/sample-pdf';
import type { JsonPlan, LetterPlan, LoadPlan, MessagePlan } from './plan.ts';

/** Makes the parts of request number `index`. */
export type RequestMaker = (index: number) => readonly (Buffer | string)[];

const BOUNDARY = 'grunnmur-bench-8d0c1f6a';

/** Letters: everything but the title and the recipient is the same bytes for all of them. */
export function letterRequests(plan: LetterPlan): RequestMaker {
  const pdf = Buffer.from(samplePdf({ bytes: plan.pdfBytes, text: 'Vedtak', seed: 7 }));
  const filePart = Buffer.concat([
    Buffer.from(
      `\r\n--${BOUNDARY}\r\ncontent-disposition: form-data; name="filer_0"; filename="vedtak.pdf"\r\ncontent-type: application/pdf\r\n\r\n`,
    ),
    pdf,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  ]);
  const jsonPart = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="forsendelse"\r\ncontent-type: application/json\r\n\r\n`;
  const head = `${requestHead(plan)}content-type: multipart/form-data; boundary=${BOUNDARY}\r\n`;
  return (index) => {
    const metadata = jsonPart + JSON.stringify(forsendelse(plan, index));
    const length = Buffer.byteLength(metadata) + filePart.length;
    return [`${head}content-length: ${length}\r\n\r\n${metadata}`, filePart];
  };
}

function forsendelse(plan: LetterPlan, index: number) {
  return {
    tittel: `${plan.tag} ${index}`,
    mottaker: plan.recipients[index % plan.recipients.length],
    avgivendeSystem: 'Grunnmur bench',
    eksternReferanse: `${plan.tag}-${index}`,
    kunDigitalLevering: plan.kunDigitalLevering,
    utskriftskonfigurasjon: { utskriftMedFarger: false, tosidig: true },
    dokumenter: [{ filnavn: 'vedtak.pdf', mimeType: 'application/pdf', dokumentType: 'Vedtak' }],
  };
}

/** Messages: everything but the time in the payload is the same bytes for all of them. */
export function messageRequests(plan: MessagePlan): RequestMaker {
  const start = Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="metadata"\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(plan.metadata)}\r\n--${BOUNDARY}\r\ncontent-disposition: form-data; name="data"; filename="data"\r\ncontent-type: application/octet-stream\r\n\r\n`,
  );
  const rest = Buffer.concat([randomBytes(plan.payloadBytes - 8), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  const length = start.length + 8 + rest.length;
  const head = Buffer.concat([
    Buffer.from(
      `${requestHead(plan)}content-type: multipart/form-data; boundary=${BOUNDARY}\r\ncontent-length: ${length}\r\n\r\n`,
    ),
    start,
  ]);
  return () => [head, sendingTime(), rest];
}

/** Now, as the consumers of the bench read it. */
export function sendingTime(): Buffer {
  const time = Buffer.allocUnsafe(8);
  time.writeDoubleBE(performance.timeOrigin + performance.now());
  return time;
}

export function jsonRequests(plan: JsonPlan): RequestMaker {
  const head = requestHead(plan);
  const requests = plan.bodies.map((body) =>
    Buffer.from(
      `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    ),
  );
  return (index) => [requests[index % requests.length]!];
}

function requestHead({ path, port, headers }: Pick<LoadPlan, 'path' | 'port' | 'headers'>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${lines.join('')}`;
}
