import { buildPdf, streamBody } from './pdf-files.ts';

/**
 * Documents whose paper is easily another than their picture: annotations, layers and form fields of each kind, each
 * written by hand in the forms that programs leave behind.
 */
export interface PaperCase {
  readonly name: string;
  readonly bytes: Buffer;
}

const FONT = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>';
const UNDER = 'BT /F1 14 Tf 60 120 Td (Under: Kari Nordmann) Tj ET';
const PRINT_FLAG = '/F 4';
const RECT = '[40 100 240 160]';

/** Each annotation type that draws something by itself, with what it needs beside `Rect` (ISO 32000-1, 12.5.6). */
const ANNOTATIONS: Readonly<Record<string, string>> = {
  Square: '/C [0 0 0] /IC [0 0 0] /BS << /W 2 >>',
  Circle: '/C [0 0 0] /IC [0.4 0.4 0.4] /BS << /W 3 >>',
  Line: '/L [50 110 230 150] /C [0 0 0] /BS << /W 4 >>',
  Ink: '/InkList [[50 110 120 150 200 110 230 150]] /C [0 0 0] /BS << /W 4 >>',
  Highlight: '/QuadPoints [60 136 220 136 60 114 220 114] /C [1 1 0]',
  Underline: '/QuadPoints [60 136 220 136 60 114 220 114] /C [0 0 0]',
  StrikeOut: '/QuadPoints [60 136 220 136 60 114 220 114] /C [0 0 0]',
  Squiggly: '/QuadPoints [60 136 220 136 60 114 220 114] /C [0 0 0]',
  Polygon: '/Vertices [50 110 140 155 230 110] /C [0 0 0] /IC [0.3 0.3 0.3] /BS << /W 2 >>',
  PolyLine: '/Vertices [50 110 140 155 230 110] /C [0 0 0] /BS << /W 3 >>',
  FreeText: '/DA (/Helv 14 Tf 0 g) /Contents (Tekst skrevet til) /C [0.8 0.8 0.8]',
  Text: '/Contents (notat) /Name /Note /C [1 1 0]',
  Stamp: '/Name /Approved',
  Redact: '/QuadPoints [60 136 220 136 60 114 220 114] /IC [0 0 0] /OC2 null',
  Caret: '/C [0 0 0]',
  FileAttachment: '/Name /PushPin /C [0 0 0]',
  Link: '/C [0 0 0] /Border [0 0 3]',
};

export function annotationCases(): PaperCase[] {
  return Object.entries(ANNOTATIONS).flatMap(([subtype, entries]) =>
    [true, false].flatMap((appearance) =>
      [true, false].map((form) => ({
        name: `${subtype} ${appearance ? 'with' : 'without'} appearance, ${form ? 'with' : 'without'} form`,
        bytes: annotationPdf(`/Subtype /${subtype} ${entries} ${PRINT_FLAG}`, { appearance, form }),
      })),
    ),
  );
}

interface AnnotationOptions {
  readonly appearance?: boolean;
  /** A form of one empty field is beside it. */
  readonly form?: boolean;
  readonly under?: string;
}

/** One page with readable text and an annotation on top of it. */
export function annotationPdf(entries: string, options: AnnotationOptions = {}): Buffer {
  const ap = options.appearance ? '/AP << /N 7 0 R >>' : '';
  const field = '<< /Type /Annot /Subtype /Widget /FT /Tx /T (felt) /F 4 /Rect [40 20 240 40] >>';
  return page({
    content: options.under ?? UNDER,
    annots: [`<< /Type /Annot /Rect ${RECT} ${entries} ${ap} >>`, ...(options.form ? [field] : [])],
    ...(options.form ? { acroForm: `/Fields [21 0 R] /DA (/Helv 0 Tf 0 g)` } : {}),
    objects: [
      [
        7,
        streamBody(
          '/Type /XObject /Subtype /Form /BBox [0 0 200 60]',
          Buffer.from('0 0 0 rg 5 5 190 50 re f'),
        ),
      ],
    ],
  });
}

/** Each kind of field, with the value that a reader shows. */
const FIELDS: Readonly<Record<string, string>> = {
  text: '/FT /Tx /V (Utfylt av Kari)',
  multiline: '/FT /Tx /Ff 4096 /V (Linje en\\rLinje to)',
  comb: '/FT /Tx /Ff 16777216 /MaxLen 11 /V (01019012345)',
  choice: '/FT /Ch /Ff 131072 /Opt [(Ja) (Nei)] /V (Nei)',
  list: '/FT /Ch /Opt [(Ja) (Nei)] /V (Nei) /I [1]',
  checkbox: '/FT /Btn /V /Ja /AS /Ja /MK << /CA (4) /BC [0 0 0] >>',
  radio: '/FT /Btn /Ff 32768 /V /Ja /AS /Ja /MK << /CA (l) /BC [0 0 0] >>',
  button: '/FT /Btn /Ff 65536 /MK << /CA (Send inn) /BC [0 0 0] /BG [0.8 0.8 0.8] >>',
  signature: '/FT /Sig',
};

const STATES = new Set(['checkbox', 'radio']);
const FORMS = [
  'appearance',
  'empty appearance',
  'no appearance',
  'appearance, but NeedAppearances',
  'empty appearance, but NeedAppearances',
  'no appearance, but NeedAppearances',
] as const;

export function fieldCases(): PaperCase[] {
  return Object.entries(FIELDS).flatMap(([kind, entries]) =>
    FORMS.map((form) => ({ name: `${kind} field, ${form}`, bytes: fieldPdf(kind, entries, form) })),
  );
}

function fieldPdf(kind: string, entries: string, form: (typeof FORMS)[number]): Buffer {
  const normal = STATES.has(kind) ? '<< /Ja 7 0 R /Off 8 0 R >>' : '7 0 R';
  const empty = STATES.has(kind) ? '<< /Ja 8 0 R /Off 8 0 R >>' : '8 0 R';
  const ap = form.startsWith('appearance') ? normal : form.startsWith('empty') ? empty : '';
  const box = '/Type /XObject /Subtype /Form /BBox [0 0 200 60] /Resources << /Font << /Helv 5 0 R >> >>';
  return page({
    content: '',
    annots: [
      `<< /Type /Annot /Subtype /Widget /T (felt) /DA (/Helv 12 Tf 0 g) /Rect ${RECT} ${PRINT_FLAG} ${entries} ` +
        `${ap ? `/AP << /N ${ap} >>` : ''} >>`,
    ],
    acroForm: `/Fields [20 0 R] /DA (/Helv 12 Tf 0 g) /DR << /Font << /Helv 5 0 R /ZaDb 6 0 R >> >> ${
      form.endsWith('NeedAppearances') ? '/NeedAppearances true' : ''
    }`,
    objects: [
      [6, '<< /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>'],
      [7, streamBody(box, Buffer.from('BT /Helv 12 Tf 5 20 Td (Fra feltets utseende) Tj ET'))],
      [8, streamBody(box, Buffer.from(''))],
    ],
  });
}

interface LayerCase {
  readonly name: string;
  /** Of the default configuration (ISO 32000-1, 8.11.4.3). */
  readonly config: string;
  /** What the content belongs to: `8 0 R` and `9 0 R` are layers, `10 0 R` the membership. */
  readonly owner?: string;
  readonly membership?: string;
  /** Entries of layer 8. */
  readonly layer?: string;
  readonly printed: boolean;
}

const IN = '/OCGs [8 0 R 9 0 R]';
const PRINT_STATE = (state: string) => `/Usage << /Print << /Subtype /Watermark /PrintState /${state} >> >>`;
const ON_PRINT = '/AS [<< /Event /Print /Category [/Print] /OCGs [8 0 R] >>]';
const MEMBERS = '10 0 R';
export const LAYERS: readonly LayerCase[] = [
  { name: 'on', config: '', printed: true },
  { name: 'off', config: '/OFF [8 0 R]', printed: false },
  { name: 'base state off', config: '/BaseState /OFF', printed: false },
  { name: 'base state off, turned on', config: '/BaseState /OFF /ON [8 0 R]', printed: true },
  { name: 'not on paper by print event', config: ON_PRINT, layer: PRINT_STATE('OFF'), printed: false },
  {
    name: 'on paper by print event',
    config: `/OFF [8 0 R] ${ON_PRINT}`,
    layer: PRINT_STATE('ON'),
    printed: true,
  },
  {
    name: 'screen event says nothing of paper',
    config: '/AS [<< /Event /View /Category [/View] /OCGs [8 0 R] >>]',
    layer: '/Usage << /View << /ViewState /OFF >> >>',
    printed: true,
  },
  { name: 'any on of on and off', config: '/OFF [8 0 R]', owner: MEMBERS, membership: IN, printed: true },
  { name: 'any on of off', config: '/OFF [8 0 R 9 0 R]', owner: MEMBERS, membership: IN, printed: false },
  {
    name: 'all on of on and off',
    config: '/OFF [8 0 R]',
    owner: MEMBERS,
    membership: `${IN} /P /AllOn`,
    printed: false,
  },
  { name: 'any off', config: '/OFF [8 0 R]', owner: MEMBERS, membership: `${IN} /P /AnyOff`, printed: true },
  { name: 'any off of on', config: '', owner: MEMBERS, membership: `${IN} /P /AnyOff`, printed: false },
  {
    name: 'all off',
    config: '/OFF [8 0 R 9 0 R]',
    owner: MEMBERS,
    membership: `${IN} /P /AllOff`,
    printed: true,
  },
  {
    name: 'all off of on and off',
    config: '/OFF [8 0 R]',
    owner: MEMBERS,
    membership: `${IN} /P /AllOff`,
    printed: false,
  },
  {
    name: 'expression: not off',
    config: '/OFF [8 0 R]',
    owner: MEMBERS,
    membership: '/VE [/Not 8 0 R]',
    printed: true,
  },
  { name: 'expression: not on', config: '', owner: MEMBERS, membership: '/VE [/Not 8 0 R]', printed: false },
  {
    name: 'expression: and, or',
    config: '/OFF [8 0 R]',
    owner: MEMBERS,
    membership: '/VE [/And 9 0 R [/Or 8 0 R [/Not 9 0 R]]]',
    printed: false,
  },
];

const LAYER_TEXT = 'BT /F1 14 Tf 60 120 Td (Bare for saksbehandler) Tj ET';

/** A layer as part of a page, as a form XObject and as an annotation. */
export function layerCases(): (PaperCase & { readonly printed: boolean })[] {
  return LAYERS.flatMap((layer) =>
    (['content', 'object', 'annotation'] as const).map((where) => ({
      name: `layer ${layer.name}, ${where}`,
      bytes: layerPdf(layer, where),
      printed: layer.printed,
    })),
  );
}

function layerPdf(layer: LayerCase, where: 'content' | 'object' | 'annotation'): Buffer {
  const owner = layer.owner ?? '8 0 R';
  const content = {
    content: `/OC /L BDC ${LAYER_TEXT} EMC`,
    object: '/X Do',
    annotation: '',
  }[where];
  const form = `/Type /XObject /Subtype /Form /BBox [0 0 300 200] /Resources << /Font << /F1 5 0 R >> >>`;
  return page({
    content: `BT /F1 14 Tf 60 40 Td (Synlig) Tj ET ${content}`,
    resources: `/Properties << /L ${owner} >> /XObject << /X 7 0 R >>`,
    annots:
      where === 'annotation'
        ? [`<< /Type /Annot /Subtype /Stamp /F 4 /Rect [0 0 300 200] /OC ${owner} /AP << /N 7 0 R >> >>`]
        : [],
    catalog: `/OCProperties << /OCGs [8 0 R 9 0 R] /D << /Order [8 0 R] ${layer.config} >> >>`,
    objects: [
      [7, streamBody(`${form} ${where === 'object' ? `/OC ${owner}` : ''}`, Buffer.from(LAYER_TEXT))],
      [8, `<< /Type /OCG /Name (Intern) ${layer.layer ?? ''} >>`],
      [9, '<< /Type /OCG /Name (Andre) >>'],
      [10, `<< /Type /OCMD ${layer.membership ?? ''} >>`],
    ],
  });
}

interface PageParts {
  readonly content: string;
  /** Objects 20, 21, … */
  readonly annots?: readonly string[];
  readonly resources?: string;
  readonly catalog?: string;
  readonly acroForm?: string;
  readonly objects?: readonly (readonly [number, string | Buffer])[];
  readonly page?: string;
}

/** One page; objects 1 to 5 are catalog, tree, page, content and font. */
export function page(parts: PageParts): Buffer {
  const annots = parts.annots ?? [];
  const list = annots.map((_, index) => `${20 + index} 0 R`).join(' ');
  return buildPdf([
    [
      1,
      `<< /Type /Catalog /Pages 2 0 R ${parts.acroForm ? `/AcroForm << ${parts.acroForm} >>` : ''} ${parts.catalog ?? ''} >>`,
    ],
    [2, '<< /Type /Pages /Count 1 /Kids [3 0 R] >>'],
    [
      3,
      `<< /Type /Page /Parent 2 0 R ${parts.page ?? '/MediaBox [0 0 595 842]'} /Contents 4 0 R ` +
        `/Resources << /Font << /F1 5 0 R >> ${parts.resources ?? ''} >> ${list ? `/Annots [${list}]` : ''} >>`,
    ],
    [4, streamBody('', Buffer.from(parts.content, 'latin1'))],
    [5, FONT],
    ...(parts.objects ?? []),
    ...annots.map((body, index): readonly [number, string] => [20 + index, body]),
  ]);
}
