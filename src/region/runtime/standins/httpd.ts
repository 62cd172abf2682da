import type { Recipe } from './model.ts';
import { script } from './scripts.ts';

const modules = [
  'mpm_event authn_file authn_core authz_host authz_groupfile authz_user authz_core access_compat auth_basic',
  'reqtimeout filter mime env headers setenvif status autoindex dir alias',
].flatMap((line) => line.split(' '));

const root = '/usr/local/apache2';

/** https://github.com/apache/httpd/blob/2.4.x/docs/conf/httpd.conf.in, as the official image writes it. */
const configuration = `ServerRoot "${root}"
Listen 80
${modules.map((name) => `LoadModule ${name}_module modules/mod_${name}.so`).join('\n')}
<IfModule unixd_module>
User www-data
Group www-data
</IfModule>
ServerAdmin you@example.com
<Directory />
    AllowOverride none
    Require all denied
</Directory>
DocumentRoot "${root}/htdocs"
<Directory "${root}/htdocs">
    Options Indexes FollowSymLinks
    AllowOverride None
    Require all granted
</Directory>
<IfModule dir_module>
    DirectoryIndex index.html
</IfModule>
<Files ".ht*">
    Require all denied
</Files>
ErrorLog /proc/self/fd/2
LogLevel warn
<IfModule log_config_module>
    LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
    LogFormat "%h %l %u %t \\"%r\\" %>s %b" common
    CustomLog /proc/self/fd/1 common
</IfModule>
<IfModule alias_module>
    ScriptAlias /cgi-bin/ "${root}/cgi-bin/"
</IfModule>
<IfModule headers_module>
    RequestHeader unset Proxy early
</IfModule>
<IfModule mime_module>
    TypesConfig conf/mime.types
    AddType application/x-compress .Z
    AddType application/x-gzip .gz .tgz
</IfModule>
`;

/** Debian's Apache at the places of the official image; what is built into it cannot be loaded again. */
const httpd = script(`#!/bin/sh
exec /usr/sbin/apache2 -d ${root} -f conf/httpd.conf "$@"
`);
const foreground = script(`#!/bin/sh
set -e
rm -f ${root}/logs/httpd.pid
exec ${root}/bin/httpd -DFOREGROUND "$@"
`);

/** https://hub.docker.com/_/httpd */
export const apache: Recipe = {
  names: ['httpd'],
  base: 'small',
  packages: ['apache2-bin', 'media-types'],
  program: 'apache2-bin',
  label: 'Apache',
  files: {
    [`${root}/conf/httpd.conf`]: { text: configuration },
    [`${root}/conf/mime.types`]: { link: '/etc/mime.types' },
    [`${root}/modules`]: { link: '/usr/lib/apache2/modules' },
    [`${root}/logs`]: { directory: true, owner: 'www-data', mode: 0o1777 },
    [`${root}/cgi-bin`]: { directory: true },
    [`${root}/bin/httpd`]: httpd,
    '/usr/local/bin/httpd': { link: `${root}/bin/httpd` },
    '/usr/local/bin/httpd-foreground': foreground,
    [`${root}/htdocs/index.html`]: { text: '<html><body><h1>It works!</h1></body></html>\n' },
    '/var/lib/apache2': { directory: true, mode: 0o1777 },
    '/run/apache2': { directory: true, mode: 0o1777 },
  },
  users: { 'www-data': { uid: 33, home: '/var/www' } },
  remove: ['/etc/init.d'],
  differs: 'a short default configuration; no conf/extra; no apt-get',
  config: (version, ids) => ({
    ...(ids === 'single' ? { user: 'www-data' } : {}),
    command: ['httpd-foreground'],
    environment: {
      PATH: `${root}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HTTPD_PREFIX: root,
      HTTPD_VERSION: version,
    },
    workingDirectory: root,
    exposedPorts: [{ port: 80, protocol: 'tcp' }],
    stopSignal: 'SIGWINCH',
  }),
};
