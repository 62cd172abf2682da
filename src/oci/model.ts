import type { Readable } from 'node:stream';

/** https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** https://github.com/opencontainers/image-spec/blob/main/manifest.md */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** https://github.com/opencontainers/image-spec/blob/main/config.md */
export interface ImageConfiguration {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly created?: string;
  readonly config?: {
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, object>>;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Volumes?: Readonly<Record<string, object>> | null;
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly StopSignal?: string;
    readonly OnBuild?: readonly string[] | null;
    readonly Shell?: readonly string[] | null;
    /** Durations in nanoseconds: https://github.com/moby/docker-image-spec/blob/main/spec.md */
    readonly Healthcheck?: {
      readonly Test?: readonly string[];
      readonly Interval?: number;
      readonly Timeout?: number;
      readonly StartPeriod?: number;
      readonly Retries?: number;
    };
  };
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] };
  readonly history?: readonly {
    readonly created?: string;
    readonly created_by?: string;
    readonly empty_layer?: boolean;
  }[];
}

/** The bytes of a manifest (of an image or of a list of images) with what names them. */
export interface ManifestDocument {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** Where manifests and blobs are read from and written to: the store of this machine, or a registry's repository. */
export interface ImageSource {
  manifest(reference: string): Promise<ManifestDocument | undefined>;
  blob(
    digest: string,
  ): Promise<{ readonly size: number; open(from?: number): Promise<Readable> } | undefined>;
}
export interface ImageSink {
  hasBlob(digest: string): Promise<boolean>;
  /** Rejects, and keeps nothing, where the content has another digest or size. */
  putBlob(descriptor: Descriptor, content: Readable): Promise<void>;
  putManifest(document: ManifestDocument, tag?: string): Promise<void>;
}
