import type { Recipe } from './model.ts';

/** https://github.com/nginx/docker-nginx/blob/master/entrypoint/docker-entrypoint.sh */
const entrypoint = `#!/bin/sh
set -e
if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
  for script in /docker-entrypoint.d/*; do
    [ -f "$script" ] && [ -x "$script" ] || continue
    case "$script" in
    *.envsh) . "$script" ;;
    *.sh) "$script" ;;
    esac
  done
  # Where no other user exists the workers cannot become one, and nginx would end.
  if ! [ "$(awk 'NR == 2' /proc/self/uid_map)" ] && [ -w /etc/nginx/nginx.conf ]; then
    directive='user root;'
    [ "$(id -u)" = 0 ] || directive=
    sed -i "s/^[[:space:]]*user[[:space:]][^;]*;/$directive/" /etc/nginx/nginx.conf
  fi
fi
exec "$@"
`;

/** https://github.com/nginx/docker-nginx/blob/master/entrypoint/20-envsubst-on-templates.sh; awk stands in for envsubst. */
const templates = `#!/bin/sh
set -e
templates=\${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
suffix=\${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
output=\${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
[ -d "$templates" ] || exit 0
find "$templates" -follow -type f -name "*$suffix" | while read -r template; do
  relative=\${template#"$templates/"}
  target=$output/\${relative%"$suffix"}
  mkdir -p "$(dirname "$target")"
  echo "20-envsubst-on-templates.sh: Running envsubst on $template to $target"
  awk '{
    line = $0; out = ""
    while (match(line, /[$]([{][A-Za-z_][A-Za-z0-9_]*[}]|[A-Za-z_][A-Za-z0-9_]*)/)) {
      name = substr(line, RSTART + 1, RLENGTH - 1); gsub(/[{}]/, "", name)
      word = substr(line, RSTART, RLENGTH)
      if ((name in ENVIRON) && name ~ ENVIRON["NGINX_ENVSUBST_FILTER"]) word = ENVIRON[name]
      out = out substr(line, 1, RSTART - 1) word
      line = substr(line, RSTART + RLENGTH)
    }
    print out line
  }' "$template" > "$target"
done
`;

/** https://github.com/nginx/pkg-oss/blob/master/debian/nginx.conf */
const main = `
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;


events {
    worker_connections  1024;
}


http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile        on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
`;

const site = `server {
    listen       80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
`;

/** https://hub.docker.com/_/nginx; curl is in the official image, too. */
export const nginx: Recipe = {
  names: ['nginx'],
  base: 'small',
  packages: ['nginx-light', 'curl'],
  program: 'nginx-light',
  files: {
    '/docker-entrypoint.sh': { text: entrypoint, mode: 0o755 },
    '/docker-entrypoint.d/20-envsubst-on-templates.sh': { text: templates, mode: 0o755 },
    '/etc/nginx/nginx.conf': { text: main },
    '/etc/nginx/conf.d/default.conf': { text: site },
    '/usr/share/nginx/html/index.html': {
      text: '<!DOCTYPE html>\n<html>\n<head><title>Welcome to nginx!</title></head>\n<body><h1>Welcome to nginx!</h1></body>\n</html>\n',
    },
    '/usr/share/nginx/html/50x.html': {
      text: '<!DOCTYPE html>\n<html>\n<head><title>Error</title></head>\n<body><h1>An error occurred.</h1></body>\n</html>\n',
    },
    '/var/log/nginx': { directory: true },
    '/var/log/nginx/access.log': { link: '/dev/stdout' },
    '/var/log/nginx/error.log': { link: '/dev/stderr' },
    '/var/cache/nginx': { directory: true },
    '/var/lib/nginx': { directory: true },
    '/run': { directory: true },
  },
  users: { nginx: { uid: 101, home: '/nonexistent', shell: '/bin/false' } },
  differs: 'only the modules of nginx-light; no apt-get',
  remove: [
    '/etc/nginx/sites-enabled',
    '/etc/nginx/sites-available',
    '/etc/init.d',
    '/etc/logrotate.d',
    '/var/www',
  ],
  config: (version, ids) => ({
    // As root it would give its folders to a user who does not exist.
    ...(ids === 'single' ? { user: 'nginx' } : {}),
    entrypoint: ['/docker-entrypoint.sh'],
    command: ['nginx', '-g', 'daemon off;'],
    environment: { NGINX_VERSION: version },
    exposedPorts: [{ port: 80, protocol: 'tcp' }],
    stopSignal: 'SIGQUIT',
  }),
};
