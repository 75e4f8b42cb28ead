/** A letter of the demonstration as its case officer wrote it. Names of people and places are invented. */
export interface LetterContent {
  readonly from: 'eksempel' | 'eksempelTeknisk' | 'dome' | 'prove';
  readonly title: string;
  /** Names as case systems give them; the first is the letter itself. None: a notice without a document. */
  readonly files: readonly string[];
  readonly paragraphs: readonly string[];
  readonly reference: string;
  readonly caseworker?: string;
  readonly amounts?: readonly (readonly [label: string, amount: string])[];
  /** Of the files after the first, in their order. */
  readonly attachments?: readonly (readonly string[])[];
  readonly links?: readonly { readonly url: string; readonly tekst: string; readonly ledetekst?: string }[];
  readonly level4?: boolean;
  readonly digitalOnly?: boolean;
  /** The first document is to be signed within so many days. */
  readonly signWithinDays?: number;
}

const KLAGE_NB = [
  '# Du kan klage',
  'Er du uenig, kan du klage innen tre uker fra du fikk dette brevet. Skriv hva du klager på og hvorfor, og send klagen til kommunen. Hjelp til å klage får du av saksbehandleren. Du har rett til å se dokumentene i saken.',
];
const KLAGE_NN = [
  '# Du kan klage',
  'Er du usamd, kan du klage innan tre veker frå du fekk dette brevet. Skriv kva du klagar på og kvifor, og send klaga til kommunen. Saksbehandlaren hjelper deg om du treng det. Du har rett til å sjå dokumenta i saka.',
];

export const LETTERS = {
  barnehage: {
    from: 'eksempel',
    title: 'Tilbud om plass i Blåklokka barnehage',
    files: ['Tilbud om barnehageplass 2026-2217.pdf', 'Vedtekter for kommunale barnehager.pdf'],
    reference: '2026/2217',
    caseworker: 'Ingunn Klokkerengen',
    paragraphs: [
      'Barnet ditt får tilbud om full plass i Blåklokka barnehage, avdeling Humla, fra mandag 4. januar.',
      '# Dette må du gjøre',
      'Svar ja eller nei innen 14 dager fra du fikk brevet. Svarer du ikke, går plassen videre til neste barn på listen. Sier du nei til førsteønsket, står barnet fortsatt på venteliste.',
      '# Hva det koster',
      'Foreldrebetalingen er 1 200 kroner i måneden for full plass, og kost kommer i tillegg. Med lav inntekt i husholdningen kan du søke om å betale mindre.',
      ...KLAGE_NB,
    ],
    attachments: [
      [
        'Vedtektene gjelder alle kommunale barnehager og er vedtatt av kommunestyret.',
        '- Barnehagene er åpne fra 07.00 til 17.00.',
        '- Barnehageåret begynner i uke 33. Barnehagene er stengt julaften og nyttårsaften.',
        '- Oppsigelsestiden er to måneder, regnet fra den første i neste måned.',
        '- Barn har rett til plass etter barnehageloven § 16.',
      ],
    ],
    links: [
      {
        url: 'https://eksempel.example/barnehage/svar',
        tekst: 'Svar på tilbudet',
        ledetekst: 'Du kan svare på nett:',
      },
    ],
  },
  byggesak: {
    from: 'eksempelTeknisk',
    title: 'Vedtak: tillatelse til bruksendring av garasje, Rådhusgata 7',
    files: ['Vedtak 2026-1043-12.pdf', 'Situasjonsplan M 1-500.pdf', 'Plantegning og fasade.pdf'],
    reference: '2026/1043-12',
    caseworker: 'Henrik Sagmoen',
    paragraphs: [
      'Kommunen gir tillatelse til å ta garasjen på gnr. 12 bnr. 34 i bruk som hybel, som søkt.',
      '# Hvorfor vi gir tillatelse',
      'Tiltaket er i samsvar med reguleringsplanen for Rådhuskvartalet. Naboene er varslet, og det er ikke kommet merknader. Kravene til takhøyde, dagslys og rømningsvei er oppfylt etter tegningene.',
      '# Vilkår',
      '- Arbeidet må være satt i gang innen tre år, ellers faller tillatelsen bort.',
      '- Før hybelen tas i bruk, må du søke om ferdigattest.',
      '- Det skal være to biloppstillingsplasser på egen grunn.',
      'Gebyret er 8 450 kroner etter kommunens forskrift. Du får en egen faktura.',
      ...KLAGE_NB,
    ],
    attachments: [
      [
        'Målestokk 1:500. Eiendommen ligger i Rådhusgata 7, gårdsnummer 12, bruksnummer 34.',
        'Avstand til nabogrense i nord: 4,0 meter. Adkomst fra Rådhusgata.',
      ],
      [
        'Plan: stue og kjøkken 18 m², bad 4 m², bod 3 m². Takhøyde 2,4 meter.',
        'Fasade mot øst: nytt vindu 120 x 120 cm, som også er rømningsvei.',
      ],
    ],
  },
  feiing: {
    from: 'dome',
    title: 'Varsel om feiing og tilsyn med eldstaden',
    files: ['Varsel om feiing.pdf'],
    reference: '2026/88',
    caseworker: 'Oddvar Bjørkedal',
    paragraphs: [
      'Feiaren kjem til deg i løpet av dei neste to vekene, mellom klokka 8 og 15. Du treng ikkje vere heime når vi feiar frå taket.',
      '# Før vi kjem',
      '- Set fram stige og sjå til at han er sikra.',
      '- Lat att spjeld og dører i omnen, og fyr ikkje same dagen.',
      '- Rydd rundt sotluka, så vi kjem til.',
      'Er det noko med pipa eller omnen som uroar deg, så sei frå til feiaren. Rettleiing er gratis.',
    ],
  },
  eiendomsskatt: {
    from: 'eksempel',
    title: 'Skatteseddel for eiendomsskatt',
    files: ['Skatteseddel eiendomsskatt.pdf'],
    reference: '2026/4-12/34',
    paragraphs: [
      'Her er eiendomsskatten for eiendommen din, gårdsnummer 12, bruksnummer 34. Skatten er regnet ut av Skatteetatens boligverdi og deles i fire terminer.',
      'Skattelisten ligger ute i tre uker. Innen fristen på seks uker kan du klage på taksten. Du må betale selv om du klager; blir skatten lavere, får du penger tilbake.',
    ],
    amounts: [
      ['Boligverdi', '3 150 000 kr'],
      ['Reduksjonsfaktor 0,7', '2 205 000 kr'],
      ['Bunnfradrag', '-1 000 000 kr'],
      ['Skattesats', '2,6 promille'],
      ['Eiendomsskatt for året', '3 133 kr'],
    ],
  },
  foreldrebetaling: {
    from: 'eksempel',
    title: 'Faktura for skolefritidsordningen',
    files: ['Faktura 100245 SFO.pdf'],
    reference: '100245',
    paragraphs: [
      'Faktura for plass i skolefritidsordningen ved Utsikten skole. Betal innen forfall til kommunens konto. Har du avtalegiro, trekkes beløpet av seg selv.',
      'Spørsmål om fakturaen? Ring servicetorget mellom 9 og 15.',
    ],
    amounts: [
      ['Heldagsplass, én måned', '2 640,00 kr'],
      ['Kost', '280,00 kr'],
      ['Søskenmoderasjon', '-792,00 kr'],
      ['Å betale', '2 128,00 kr'],
    ],
  },
  helsekontroll: {
    from: 'dome',
    title: 'Innkalling til helsekontroll på helsestasjonen',
    files: ['Innkalling helsekontroll.pdf'],
    reference: '2026/3105',
    caseworker: 'helsesjukepleiar Margit Heggelund',
    paragraphs: [
      'Barnet ditt har time til fireårskontroll på Døme helsestasjon torsdag klokka 10.30. Set av ein time.',
      '# Ta med',
      '- Helsekort og opplysningar om medisinar.',
      '- Bamse eller anna som gjer dagen trygg.',
      'Passar ikkje tida, kan du byte på nett eller ringje oss seinast dagen før.',
    ],
    links: [{ url: 'https://dome.example/helsestasjon/time', tekst: 'Byt time' }],
  },
  hoering: {
    from: 'eksempelTeknisk',
    title: 'Høring: forslag til detaljregulering for Sentrum øst',
    files: ['Høringsbrev Sentrum øst.pdf', 'Planbeskrivelse.pdf'],
    reference: '2025/6120-31',
    caseworker: 'Ane Lodden',
    paragraphs: [
      'Eiendommen din grenser til planområdet. Planutvalget har lagt forslaget til detaljregulering for Sentrum øst ut til offentlig ettersyn.',
      'Planen åpner for inntil 120 boliger i fire til seks etasjer, en park langs elva og en ny gang- og sykkelvei. Parkeringsplassen ved torget blir borte.',
      '# Si hva du mener',
      'Skriv til kommunen innen seks uker. Merk brevet med saksnummeret. Alle merknader følger saken til kommunestyret. Vi holder åpent møte i kulturhuset onsdag om to uker, klokka 18.',
    ],
    attachments: [
      [
        '# Formål',
        'Planen legger til rette for boliger, forretninger i første etasje og et grøntdrag langs elva.',
        '# Virkninger',
        '- Trafikken i Elvegata øker med om lag 400 kjøretøy i døgnet.',
        '- Solforholdene på torget er uendret mellom klokka 10 og 16 ved jevndøgn.',
        '- Barnetråkket langs elva er sikret med egen trasé.',
      ],
    ],
    links: [
      {
        url: 'https://eksempel.example/planer/sentrum-ost',
        tekst: 'Se kart og dokumenter',
        ledetekst: 'Hele planen ligger på nett:',
      },
      { url: 'https://eksempel.example/planer/sentrum-ost/merknad', tekst: 'Skriv en merknad' },
    ],
  },
  foreldremote: {
    from: 'dome',
    title: 'Innkalling til foreldremøte på 1. trinn',
    files: ['Foreldremøte 1. trinn.pdf'],
    reference: '2026/2940',
    caseworker: 'kontaktlærar Sigrid Tveitane',
    paragraphs: [
      'Vi ønskjer velkomen til foreldremøte på Fjellheim skule tysdag klokka 18 til 19.30, i klasserommet til 1. trinn.',
      '- Korleis vi arbeider med lesing og skriving.',
      '- Trivsel i klassen, og val av foreldrekontaktar.',
      '- Leirskule og turar i vår.',
      'Gje beskjed på skulen si side om de kjem, og kor mange.',
    ],
    digitalOnly: true,
  },
  parkering: {
    from: 'eksempelTeknisk',
    title: 'Kontrollsanksjon for parkering i Elvegata',
    files: ['Kontrollsanksjon 7731902.pdf', 'Foto fra stedet.pdf'],
    reference: '7731902',
    paragraphs: [
      'Bilen EX 12345 sto parkert i Elvegata klokka 13.42 uten gyldig betaling. Kontrolløren ventet i åtte minutter før sanksjonen ble skrevet.',
      '# Vil du klage?',
      'Klag innen tre uker. Skriv saksnummeret og legg ved kvittering om du har. Du trenger ikke betale før klagen er avgjort.',
    ],
    amounts: [
      ['Manglende betaling', '660 kr'],
      ['Å betale innen tre uker', '660 kr'],
    ],
    attachments: [
      [
        'Foto 1: bilens plassering, sett fra Elvegata 4.',
        'Foto 2: frontruten, uten billett. Tid på apparatet: 13.42.',
      ],
    ],
  },
  skoleskyss: {
    from: 'prove',
    title: 'Vedtak om skoleskyss',
    files: ['Vedtak om skoleskyss.pdf', 'Rute 114 tider.pdf'],
    reference: '2026/901',
    caseworker: 'Terje Aasbakken',
    paragraphs: [
      'Eleven har rett til gratis skoleskyss dette skoleåret. Veien fra hjemmet til skolen er 6,3 kilometer, og grensen er seks kilometer.',
      'Skysskortet ligger i appen fra mandag. Eleven bruker rute 114 fra Bjørkelia til skolen.',
      ...KLAGE_NB,
    ],
    attachments: [
      [
        'Hverdager mot skolen: 07.38, 07.58. Hverdager fra skolen: 14.12, 15.05.',
        'På skolens fridager går ikke rute 114.',
      ],
    ],
  },
  hjemmetjeneste: {
    from: 'eksempel',
    title: 'Vedtak om helse- og omsorgstjenester i hjemmet',
    files: ['Vedtak hjemmetjenester.pdf'],
    reference: '2026/7788',
    caseworker: 'Liv Marit Sandhaugen',
    level4: true,
    paragraphs: [
      'Du får praktisk bistand to timer hver uke og hjelp til medisiner hver morgen, fra første mandag i neste måned.',
      '# Grunnlaget',
      'Vi har lagt vekt på samtalen hjemme hos deg og på opplysningene fra fastlegen. Uten hjelp vil du ikke kunne klare hverdagen trygt hjemme, jf. helse- og omsorgstjenesteloven § 3-2.',
      'Vi ser på behovet sammen med deg igjen om seks måneder, eller før om noe endrer seg.',
      ...KLAGE_NB,
    ],
  },
  vann: {
    from: 'eksempelTeknisk',
    title: 'Vannet blir stengt onsdag mellom klokka 9 og 13',
    files: [],
    reference: 'VA-2026-51',
    paragraphs: [],
    digitalOnly: true,
    links: [
      {
        url: 'https://eksempel.example/drift/va-2026-51',
        tekst: 'Se om arbeidet er i rute',
        ledetekst:
          'Vi skifter en kum i Rådhusgata. Tapp vann til kaffen før klokka 9, og la kranen renne litt etterpå.',
      },
    ],
  },
  skjenking: {
    from: 'dome',
    title: 'Rapport frå skjenkekontroll',
    files: ['Kontrollrapport 14.pdf'],
    reference: '2026/512-14',
    caseworker: 'Ragna Heimdal',
    paragraphs: [
      'Kontrolløren var på staden laurdag klokka 23.10. Det var god orden, og ingen gjester var synleg rusa. Internkontrollen var på plass.',
      'Det vart ikkje funne avvik. Har du merknader til rapporten, så skriv til kommunen innan to veker.',
    ],
  },
  leieavtale: {
    from: 'eksempel',
    title: 'Leieavtale for lagerplass på Fabrikken næringspark',
    files: ['Leieavtale lager 6B.pdf'],
    reference: '2026/3340',
    caseworker: 'Per Arne Stokkland',
    signWithinDays: 21,
    digitalOnly: true,
    paragraphs: [
      'Avtalen gjelder 45 m² lager i bygg 6B i Fabrikken næringspark, fra 1. januar og i tre år.',
      '- Leien er 2 700 kroner i måneden og følger konsumprisindeksen.',
      '- Leieren holder lageret ryddig og melder fra om skader.',
      '- Oppsigelsestiden er tre måneder for begge parter.',
      'Avtalen skal signeres av leieren. Kommunen har signert.',
    ],
  },
  hytteavlop: {
    from: 'dome',
    title: 'Pålegg om å utbetre avlaupsanlegg',
    files: ['Pålegg avlaup 2026-77.pdf', 'Rettleiing for små avlaupsanlegg.pdf'],
    reference: '2026/77-4',
    caseworker: 'Eldbjørg Nesheim',
    paragraphs: [
      'Slamavskiljaren på hytteeigedomen din held ikkje krava i forureiningsforskrifta. Kommunen gjev pålegg om å utbetre anlegget innan 1. oktober neste år.',
      'Du må søkje om utsleppsløyve før arbeidet tek til. Brukar du godkjend føretak, ordnar dei søknaden.',
      ...KLAGE_NN,
    ],
    attachments: [
      [
        'Vel ein løysing som er godkjend for staden.',
        '- Tett tank, der det er nær drikkevatn.',
        '- Minireinseanlegg, der grunnen er trong.',
        '- Infiltrasjon, der massane toler det.',
      ],
    ],
  },
  kulturskole: {
    from: 'dome',
    title: 'Plass i kulturskulen: fele',
    files: ['Plass i kulturskulen.pdf'],
    reference: '2026/1660',
    caseworker: 'Torbjørg Vinje',
    paragraphs: [
      'Barnet ditt har fått plass på fele i kulturskulen dette skuleåret. Undervisninga er onsdagar klokka 14.20 på Fjellheim skule.',
      'Takk ja på nett innan ei veke. Instrument kan leigast av kulturskulen for 400 kroner i året.',
    ],
    links: [{ url: 'https://dome.example/kulturskule/svar', tekst: 'Takk ja eller nei' }],
  },
  uttalelse: {
    from: 'eksempel',
    title: 'Uttalelse til plan for fylkesvei 77',
    files: ['Uttalelse fv. 77.pdf'],
    reference: '2026/2088-3',
    caseworker: 'Bjørn Tore Haugseth',
    paragraphs: [
      'Formannskapet har behandlet planen for utbedring av fylkesvei 77 gjennom Eksempelvik.',
      'Kommunen støtter planen og ber om at gang- og sykkelveien bygges samtidig med kjøreveien, og at krysset ved Utsikten skole får planskilt undergang.',
    ],
  },
} as const satisfies Record<string, LetterContent>;

export type LetterKey = keyof typeof LETTERS;
