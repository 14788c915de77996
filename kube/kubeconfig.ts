/**
 * Kubeconfig files as a way to the API server: read, and read again when they or the credentials change. Import this
 * file lazily: a Pod has other ways.
 */
import { type ApiServerConfig, KubeConfigError, type TlsMaterial } from "./config.ts";
import { chooseContext, type Chosen, type Entries, entriesOf, mergeEntries } from "./kubeconfigfile.ts";
import { authorizationOf, caOf, certOf, keyOf, readText } from "./kubeconfigmaterial.ts";
import type { Plugin } from "./kubeconfigplugin.ts";

/** How old what was read from the files may be before they are looked at again. */
const rereadMs = 10_000;

/**
 * Takes the named context, or else the current one.
 *
 * @throws {KubeConfigError} naming the file and what it lacks
 */
export async function loadKubeconfig(paths: readonly string[], context?: string): Promise<ApiServerConfig> {
  const reading = await read(paths, context);
  const { cluster, namespace, context: name } = reading.chosen;
  const credentials = new Credentials(paths, reading);
  // What can't work is said now, not with the first request.
  await credentials.tls();
  await credentials.headers();
  return {
    url: cluster.server,
    namespace,
    source: `kubeconfig ${paths.join(":")}, context ${name}`,
    ...(cluster.proxyUrl === undefined ? {} : { proxyUrl: cluster.proxyUrl }),
    tls: () => credentials.tls(),
    headers: () => credentials.headers(),
    rejected: () => credentials.forget(),
  };
}

/** The files as they were, and what they said. */
interface Reading {
  readonly texts: readonly string[];
  readonly chosen: Chosen;
  /** Where the user has one. */
  readonly plugin: Plugin | undefined;
}

/** With `known`, that is the answer where the files are still the same. */
async function read(
  paths: readonly string[],
  context: string | undefined,
  known?: Reading,
): Promise<Reading> {
  const texts = await Promise.all(paths.map((path) => readText(path, `kubeconfig ${path} can't be used`)));
  if (known !== undefined && texts.every((text, index) => text === known.texts[index])) return known;
  const files = await Promise.all(texts.map((text, index) => parseFile(text, paths[index] ?? "")));
  const chosen = chooseContext(mergeEntries(files), paths.join(":"), context);
  return { texts, chosen, plugin: await pluginOf(chosen) };
}

async function parseFile(text: string, path: string): Promise<Entries> {
  try {
    return entriesOf(JSON.parse(text), path);
  } catch (error) {
    // JSON is YAML, and needs no parser but the runtime's; for the rest there is one.
    if (!(error instanceof SyntaxError)) throw error;
  }
  const { parseYaml, YamlError } = await import("./yaml.ts");
  try {
    return entriesOf(parseYaml(text), path);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new KubeConfigError(`kubeconfig ${path} can't be used: ${error.message}`, { cause: error });
  }
}

/** Only such a user needs the library, which is big and slow. */
async function pluginOf(chosen: Chosen): Promise<Plugin | undefined> {
  const { exec, authProvider } = chosen.user;
  if (exec === undefined && authProvider === undefined) return undefined;
  const { Plugin } = await import("./kubeconfigplugin.ts");
  return new Plugin(chosen, exec?.provideClusterInfo ? await caOf(chosen) : undefined);
}

/** Who we are, as the files say now or said a moment ago. */
class Credentials {
  readonly #paths: readonly string[];
  /** Never rejects. */
  #reading: Promise<Reading>;
  #readAtMs = performance.now();

  constructor(paths: readonly string[], reading: Reading) {
    this.#paths = paths;
    this.#reading = Promise.resolve(reading);
  }

  async tls(): Promise<TlsMaterial> {
    const { chosen, plugin } = await this.#current();
    const given = await plugin?.credentials();
    const { insecureSkipVerify, serverName } = chosen.cluster;
    return {
      ...optional("caPem", await caOf(chosen)),
      ...optional("certPem", given?.certPem ?? await certOf(chosen)),
      ...optional("keyPem", given?.keyPem ?? await keyOf(chosen)),
      ...optional("serverName", serverName),
      ...(insecureSkipVerify ? { insecureSkipVerify } : {}),
    };
  }

  /** What the user's own fields say counts more than what a plugin gives. */
  async headers(): Promise<Record<string, string>> {
    const { chosen, plugin } = await this.#current();
    const given = await plugin?.credentials();
    const { impersonate } = chosen.user;
    return {
      ...given?.headers,
      ...optional("authorization", authorizationOf(chosen)),
      ...optional("impersonate-user", impersonate?.name),
      ...optional("impersonate-uid", impersonate?.uid),
    };
  }

  /** The API server refused them. */
  forget(): void {
    this.#readAtMs = -Infinity;
    this.#reading = this.#reading.then((reading) => {
      reading.plugin?.forget();
      return reading;
    });
  }

  /** Who asks while files are read gets what they say. */
  #current(): Promise<Reading> {
    if (performance.now() - this.#readAtMs < rereadMs) return this.#reading;
    this.#readAtMs = performance.now();
    return this.#reading = this.#reading.then((known) => this.#again(known));
  }

  async #again(known: Reading): Promise<Reading> {
    const { context, cluster } = known.chosen;
    try {
      // The same context: another one's credentials are not for this API server.
      const reading = await read(this.#paths, context, known);
      return reading.chosen.cluster.server === cluster.server ? reading : known;
    } catch {
      // Caught half written, or gone: what was read before still counts, and the API server says when it doesn't.
      return known;
    }
  }
}

function optional<Name extends string>(
  name: Name,
  value: string | undefined,
): { readonly [key in Name]?: string } {
  return value === undefined ? {} : { [name]: value } as { readonly [key in Name]: string };
}
