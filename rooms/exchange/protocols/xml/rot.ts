/** The element that a document begins with. */
export interface Rot {
  readonly uri: string;
  readonly navn: string;
}
