/** Ends the reading of a document that cannot be read on. */
export class Stopp extends Error {
  readonly regel: string;

  constructor(regel: string, tekst: string) {
    super(tekst);
    this.regel = regel;
  }
}
