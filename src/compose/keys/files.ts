import { enacted, type Keys, noticed, refused } from './rule.ts';
import { ECS_SECRET } from './x-aws.ts';

/** A config or secret of a service: https://docs.docker.com/reference/compose-file/services/#long-syntax-5 */
export const FILE_GRANT: Keys = {
  source: enacted('its name at the top level'),
  target: enacted('where it is: /run/secrets/NAME, or /NAME for a config, where nothing is written'),
  uid: enacted('owner of the file'),
  gid: enacted('group of the file'),
  mode: enacted('mode of the file, in octal digits'),
};

/** The older form of `external: true` and `name`. */
export const EXTERNAL = { keys: { name: enacted('as `name` beside `external: true`') } };

/** https://docs.docker.com/reference/compose-file/configs/ and .../secrets/ */
export const CONFIGS: Keys = {
  file: enacted('a file beside the compose file'),
  environment: enacted('the value of a variable'),
  content: enacted('the text itself'),
  external: enacted('it is in the account already', EXTERNAL),
  name: enacted('name or ARN of an external one'),
  labels: noticed('a file has no labels'),
  template_driver: refused('files are not filled in', 'write `content`, in which variables are put in'),
};

export const SECRETS: Keys = {
  file: enacted('a file beside the compose file'),
  environment: enacted('the value of a variable'),
  external: enacted('it is in Secrets Manager already', EXTERNAL),
  name: enacted('name or ARN of an external one'),
  labels: noticed('a file has no labels'),
  driver: refused('secrets are kept by Secrets Manager', 'remove it'),
  driver_opts: refused('secrets are kept by Secrets Manager', 'remove it'),
  template_driver: refused('files are not filled in', 'remove it'),
  ...ECS_SECRET,
};

/** https://docs.docker.com/reference/compose-file/include/ */
export const INCLUDE: Keys = {
  path: enacted('the file, or files laid over each other'),
  project_directory: enacted('what its relative paths start from'),
  env_file: enacted('variables of the included files'),
};

/** https://docs.docker.com/reference/compose-file/services/#env_file */
export const ENV_FILE: Keys = {
  path: enacted('the file'),
  required: enacted('false: may be missing'),
  format: enacted('`raw`: as is'),
};
