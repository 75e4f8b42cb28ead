import { flag, type RoomSettings, text, textWithDefault, url, whole } from '@grunnmur/kernel/room';
import { Type } from 'typebox';

/** Channels, and what they take. */
const channels = {
  ALTINN_URL: url({
    doc: 'Altinn correspondence.',
    example: 'https://platform.altinn.no',
    production: true,
    service: true,
  }),
  ALTINN_RESOURCE: textWithDefault('grunnmur-brev', {
    doc: 'Altinn resource that ordinary letters are sent as.',
  }),
  ALTINN_RESOURCE_CONFIDENTIAL: textWithDefault('grunnmur-taushetsbelagt-brev', {
    doc: 'Altinn resource of letters under a duty of secrecy.',
  }),
  DPI_URL: url({
    doc: 'Access point for digital mailboxes.',
    example: 'https://aksesspunkt.example.no',
    production: true,
    service: true,
  }),
  DPI_TRUSTED_CERTIFICATES_FILE: text({
    doc: "PEM file with the certificates (or their issuers) that sign the mailboxes' receipts.",
    example: '/etc/grunnmur/mailboxes.pem',
    production: true,
    file: 'certificates',
  }),
  PRINT_URL: url({
    doc: 'Print supplier.',
    example: 'https://print.example.no',
    production: true,
    service: true,
  }),
  PRINT_MAX_SHEETS: whole(10_000, 1, 10_000, {
    doc: 'Most sheets that the print supplier takes in one envelope.',
  }),
  PRINT_MIN_SIDE_MM: whole(5, 1, 200, {
    doc: 'Shortest side of a page that the print supplier takes, in millimetres.',
  }),
  PRINT_MAX_SIDE_MM: whole(3_000, 300, 5_000, { doc: 'Longest side of such a page, in millimetres.' }),
};

export const Settings = Type.Object({
  ...channels,
  MAX_PRINTABLE_MB: whole(350, 1, 100_000, {
    doc: 'Largest letter that may be printed (1 MB is 1,000,000 bytes).',
  }),
  MAX_DIGITAL_MB: whole(5_000, 1, 1_000_000, { doc: 'Largest letter that never is printed.' }),
  DUPLICATE_WINDOW_HOURS: whole(24, 0, 8_760, {
    doc: 'The same letter again within this time is refused; 0 allows it.',
  }),
  RETENTION_MONTHS: whole(3, 1, 1_200, {
    doc: 'Documents are deleted after this time; what happened to the letter is kept.',
  }),
  PDF_WORKERS: whole(2, 1, 64, { doc: 'Threads that read and write PDF.' }),
  DEMO_LETTERS: flag(true, { doc: 'Whether a new demonstration has sample letters.' }),
  DEMO_PRINT_DELAY_SECONDS: whole(2, 0, 86_400, {
    doc: 'How long the simulated print supplier of a demonstration takes.',
  }),
});

export const settings: RoomSettings = { title: 'Letters', schema: Settings };
