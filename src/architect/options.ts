/** What `design` is told beside the App. */
export interface DesignOptions {
  /** `local`: bind mounts are folders of this machine, and ports for this machine only are forwarded. */
  readonly target?: 'local' | 'aws';
  /** The project's folder, absolute, where the App's is not. */
  readonly directory?: string;
  /** Opens each compose network to its members, so that real flows can be watched. */
  readonly learn?: boolean;
  /** What stands at an absolute path of this machine. Without it, bind mounts cannot be delivered to AWS. */
  readonly readPath?: (path: string) => PathContent | undefined;
  /** Texts in which names of services may stand: of mounted configuration, or of sources too, which is asked only where an edge is missing. */
  readonly texts?: Texts;
}

export type PathContent =
  | { readonly kind: 'file'; readonly file: FileContent }
  /** `complete` is false where there was more than the reader cared to read. */
  | { readonly kind: 'folder'; readonly files: readonly FileContent[]; readonly complete: boolean };
export interface FileContent {
  /** Below the folder, with `/`; of a single file its base name. */
  readonly path: string;
  /** Absent where it is no UTF-8 text. */
  readonly text?: string;
  readonly base64?: string;
  readonly bytes: number;
  /** 0o644 */
  readonly mode: number;
}

export type Texts = (which: 'configuration' | 'all') => readonly SourceText[];

/** A text that belongs to a service: a file of its build context, or a configuration it mounts. */
export interface SourceText {
  readonly service: string;
  /** As people call it: `catalogue/server.js`. */
  readonly file: string;
  readonly text: string;
}
