/** Where people reach this installation: PUBLIC_URL, else what HTTP listens on. Never the Host header (spec 97). */
import type { Config } from './config.ts'

const listening = new WeakMap<Config, string>()

function localUrl(config: Config, port: number): string {
  const host = config.httpHost.includes(':') ? `[${config.httpHost}]` : config.httpHost
  return `http://${host}:${port}`
}

/** Tells the port that HTTP got; the address under which it is reached. */
export function noteHttpPort(config: Config, port: number): string {
  listening.set(config, localUrl(config, port))
  return publicUrlOf(config)
}

/** Without a slash at its end. */
export function publicUrlOf(config: Config): string {
  return config.publicUrl ?? listening.get(config) ?? localUrl(config, config.httpPort)
}
