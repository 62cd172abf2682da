import { duration, type Terminal } from '../terminal.ts';
import { type BuildWatch, count, newsFilter, stepsOf, tallies } from './watch.ts';

/** A line for each thing that is said, for logs and pipes; what was built before is only counted. */
export function plainBuilds(terminal: Terminal): BuildWatch {
  const { of } = tallies();
  const isNews = newsFilter();
  const say = (service: string, text: string) =>
    terminal.err(`${terminal.style.dim(`${service}:`)} ${text}\n`);
  return {
    line(service, line, event) {
      count(of(service), line, event);
      if (event?.kind !== 'cached' && isNews(line)) say(service, line);
    },
    built(service, digest) {
      const tally = of(service);
      if (tally.cached < tally.steps)
        say(service, `built ${digest} in ${duration(Date.now() - tally.began)} (${stepsOf(tally)})`);
    },
    finish() {},
  };
}
