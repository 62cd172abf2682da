import { duration, type Terminal } from '../terminal.ts';
import { type BuildWatch, count, newsOf, stepsOf, tallies } from './watch.ts';

/** A line for each thing that is said, for logs and pipes; what was built before is only counted. */
export function plainBuilds(terminal: Terminal): BuildWatch {
  const { of } = tallies();
  const news = newsOf();
  const say = (service: string, text: string) =>
    terminal.err(`${terminal.style.dim(`${service}:`)} ${text}\n`);
  return {
    line(service, line, event) {
      count(of(service), line, event);
      for (const text of news(service, line, event)) say(service, text);
    },
    built(service, digest) {
      const tally = of(service);
      if (tally.cached < tally.steps)
        say(service, `built ${digest} in ${duration(Date.now() - tally.began)} (${stepsOf(tally)})`);
    },
    finish() {},
  };
}
