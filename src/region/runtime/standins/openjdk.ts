import { debianArchitecture } from './architecture.ts';
import { writeKeystore } from './keystore.ts';
import type { Recipe } from './model.ts';

const release = 17;
const home = `/usr/lib/jvm/java-${release}-openjdk-${debianArchitecture}`;

/** https://hub.docker.com/_/eclipse-temurin; the others differ in JAVA_HOME alone, so that all of their places are there. */
export const openjdk: Recipe = {
  names: ['openjdk', 'eclipse-temurin', 'amazoncorretto'],
  base: 'debian',
  packages: [`openjdk-${release}-jre-headless`],
  program: `openjdk-${release}-jre-headless`,
  label: 'OpenJDK',
  files: {
    '/opt/java/openjdk': { link: home },
    [`/usr/local/openjdk-${release}`]: { link: home },
    '/usr/lib/jvm/default-jvm': { link: home },
    [`/usr/lib/jvm/java-${release}-amazon-corretto`]: { link: home },
    ...Object.fromEntries(
      ['java', 'javac', 'jar', 'keytool'].map((name) => [
        `/usr/local/bin/${name}`,
        { link: `${home}/bin/${name}` } as const,
      ]),
    ),
  },
  users: {},
  remove: [],
  finish: async (root, below) => {
    if (below !== undefined) await writeKeystore(root, below);
  },
  differs: `always OpenJDK ${release}, headless (no AWT or sound)`,
  config: (version) => ({
    command: ['jshell'],
    environment: {
      PATH: '/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      JAVA_HOME: '/opt/java/openjdk',
      JAVA_VERSION: version,
      LANG: 'C.UTF-8',
    },
  }),
  variants: [{ tag: /^(?!.*(jre|headless))/, packages: [`openjdk-${release}-jdk-headless`] }],
};

/** https://hub.docker.com/_/maven */
export const maven: Recipe = {
  ...openjdk,
  names: ['maven'],
  packages: [`openjdk-${release}-jdk-headless`, 'maven'],
  program: 'maven',
  label: 'maven',
  files: {
    ...openjdk.files,
    '/usr/bin/mvn': { link: '/usr/share/maven/bin/mvn' },
    '/usr/local/bin/mvn-entrypoint.sh': { text: '#!/bin/sh\nexec "$@"\n', mode: 0o755 },
    '/root/.m2': { directory: true },
  },
  differs: `always on OpenJDK ${release}`,
  config: (version, ids) => ({
    ...openjdk.config(version, ids),
    entrypoint: ['/usr/local/bin/mvn-entrypoint.sh'],
    command: ['mvn'],
    environment: {
      ...openjdk.config('', ids).environment,
      JAVA_VERSION: String(release),
      MAVEN_HOME: '/usr/share/maven',
      MAVEN_CONFIG: '/root/.m2',
    },
  }),
  variants: [],
};
