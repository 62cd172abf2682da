import { diffLinks, type PlacedLink } from '../compiler/links.ts';
import type { RouterPlan } from '../compiler/compile-vpc.ts';
import { diffRuleset, emptyRuleset } from '../compiler/diff-ruleset.ts';
import type { Ruleset } from '../compiler/ruleset.ts';
import type { Netd } from '../netd-client.ts';
import type { Tools } from '../tools.ts';
import { ipConsole, nftConsole } from './consoles.ts';
import { configureHolder, linkCommands, makeRouterNamespace } from './namespaces.ts';

/** The router of one VPC in the kernel: a namespace, its filter, and a link to each interface's holder. */
export interface RouterKernel {
  /** Brings the kernel from what it is to the plan. After a failure, the next call goes on from what did succeed. */
  apply(plan: RouterPlan): Promise<void>;
  remove(): Promise<void>;
}

/** Commands of one transaction; the kernel's buffer for an ordinary user holds about twice as many. */
const transactionLimit = 400;
const there = /File exists/;
const notThere = /No such process|No such file|Cannot find device|does not exist/;

export async function openRouterKernel(netd: Netd, tools: Tools, namespace: string): Promise<RouterKernel> {
  await makeRouterNamespace(netd, tools, namespace);
  const nft = nftConsole(netd, tools, namespace);
  const ip = ipConsole(netd, tools, namespace);
  let ruleset: Ruleset = emptyRuleset;
  let links: ReadonlyMap<string, PlacedLink> = new Map();
  let addresses: readonly string[] = [];

  async function filter(wanted: Ruleset): Promise<void> {
    const commands = diffRuleset(ruleset, wanted);
    if (ruleset !== emptyRuleset) await nft.run(commands);
    // Before its hooks, which come last, a filter judges nothing: it may be written piece by piece.
    else
      for (let at = 0; at < commands.length; at += transactionLimit)
        await nft.run(commands.slice(at, at + transactionLimit));
    ruleset = wanted;
  }

  async function connect(plan: RouterPlan): Promise<void> {
    const held = plan.addresses.filter((address) => !addresses.includes(address));
    const left = addresses.filter((address) => !plan.addresses.includes(address));
    const { placed, added, removed, newNamespaces, oldNamespaces } = diffLinks(links, plan.links);
    const gone = new Set(oldNamespaces);
    await ip.run(
      [
        ...removed.map(({ address, name }) => `route del ${address}/32 dev ${name}`),
        // A link ends with the namespace at its other end, and sooner than by `link del`.
        ...removed.filter(({ namespace: of }) => !gone.has(of)).map(({ name }) => `link del ${name}`),
        ...oldNamespaces.map((name) => `netns del ${name}`),
        ...left.map((address) => `addr del ${address}/32 dev lo`),
      ],
      notThere,
    );
    await ip.run(
      [
        ...held.map((address) => `addr replace ${address}/32 dev lo`),
        ...newNamespaces.map((name) => `netns add ${name}`),
        ...added.flatMap(linkCommands),
      ],
      there,
    );
    addresses = plan.addresses;
    const fresh = new Set(newNamespaces);
    await Promise.all(
      [...new Set(added.map(({ namespace: of }) => of))].map((name) =>
        configureHolder(
          netd,
          tools,
          name,
          added.filter(({ namespace: of }) => of === name),
          fresh.has(name),
        ),
      ),
    );
    links = placed;
  }

  return {
    async apply(plan) {
      const results = await Promise.allSettled([filter(plan.ruleset), connect(plan)]);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
    async remove() {
      const namespaces = new Set([...links.values()].map((link) => link.namespace));
      await ip.run(
        [...namespaces, namespace].map((name) => `netns del ${name}`),
        notThere,
      );
      nft.close();
      ip.close();
    },
  };
}
