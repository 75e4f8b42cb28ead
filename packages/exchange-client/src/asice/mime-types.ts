/** Types of files that messages carry. Readers take the type from the manifest; names outside this list are plain bytes. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  bmp: 'image/bmp',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  eml: 'message/rfc822',
  geojson: 'application/geo+json',
  gif: 'image/gif',
  gml: 'application/gml+xml',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  json: 'application/json',
  md: 'text/markdown',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  msg: 'application/vnd.ms-outlook',
  odt: 'application/vnd.oasis.opendocument.text',
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  pdf: 'application/pdf',
  png: 'image/png',
  ppt: 'application/vnd.ms-powerpoint',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  rtf: 'application/rtf',
  sosi: 'text/vnd.sosi',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  txt: 'text/plain',
  wav: 'audio/wav',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml',
  xsd: 'application/xml',
  zip: 'application/zip',
  '7z': 'application/x-7z-compressed',
};

export function mimeTypeOf(fileName: string): string {
  const extension = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? '';
  return (Object.hasOwn(BY_EXTENSION, extension) && BY_EXTENSION[extension]) || 'application/octet-stream';
}

const PACKED =
  /^(?:image\/(?:jpeg|png|gif)|audio\/mpeg|video\/|application\/(?:pdf$|zip$|gzip$|x-7z|vnd\.openxml|vnd\.oasis))/;

/** Whether packing again would cost time and save nothing. */
export function isPackedAlready(mimeType: string): boolean {
  return PACKED.test(mimeType);
}
