/**
 * The program of every task here: says who it is, takes a little while, and ends as AWS advises: after SIGTERM it finishes what it has begun.
 * It keeps connections for longer than the load balancer does.
 * https://aws.amazon.com/blogs/containers/graceful-shutdowns-with-ecs/
 */
const PROGRAM = `
const [version, finishes] = process.argv.slice(1);
const name = version + '@' + require('os').hostname();
const server = require('http').createServer((request, response) => {
  if (request.url === '/hang-up') return request.socket.destroy();
  const wait = request.url === '/slow' ? 2000 : 10 + 30 * Math.random();
  setTimeout(() => response.writeHead(200, { 'x-served-by': name }).end('ok'), wait);
});
server.keepAliveTimeout = 75000;
server.listen(8000);
process.on('SIGTERM', () => (finishes === 'finishes' ? server.close(() => process.exit(0)) : process.exit(0)));
`;

export const wellBehaved = (version: string): string[] => ['node', '-e', PROGRAM, version, 'finishes'];
/** Ends in the middle of its requests. */
export const impatient = (version: string): string[] => ['node', '-e', PROGRAM, version, 'drops'];
/** Never gets as far as serving. */
export const broken: string[] = ['node', '-e', 'console.error("no settings"); process.exit(1)'];
