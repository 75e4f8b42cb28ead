/**
 * What the figures mean and what stands in the way of better ones: written by hand after profiling, so it carries its own
 * date. Profile again (`node --cpu-prof apps/server/main.ts` under `npm run bench -- exchange --only throughput`) before
 * changing it.
 */
export const NOTE = `### What holds a message back

Profiled in November 2026 on two cores with 16 senders. Processor time is the limit, not the disk. RabbitMQ spends about
0.2 ms on a message in one process; we spend about 0.4 ms in the server and 0.35 ms in PostgreSQL, for more: each message is
looked up under the sending rules, hashed, kept with its headers for a year and searchable by five keys, and each delivery and
outcome is a line of its timeline, on disk. Three commits carry a message (acceptance, delivery, acknowledgement), each shared by
all that come meanwhile.

- In the server a third is handing bytes to sockets (answers, deliveries, statements) and a fifteenth garbage collection; the
  rest is spread thin over HTTP, multipart, rules and frames, with no part above a twentieth.
- In PostgreSQL acceptance takes two fifths of the time, acknowledgement a third, delivery the rest.
- Payloads of some kB lie in their own row instead of the side table for large values: a seventh less of PostgreSQL's time
  (0.34 to 0.29 ms a message in batches of 16, without the server) and a tenth less log.
- A batch is accepted in one statement without a transaction around it: one round trip instead of several.

Where several busy programs share the two cores, we lose more than RabbitMQ: a message passes from process to process twice as
often, and waits for its turn each time. Next: deliveries remembered together with the acceptance when a consumer has
room, which would save a commit and a round trip for each message.
`;
