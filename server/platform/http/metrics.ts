/**
 * Figures for Prometheus (spec 10, Shapes), on a port of their own that is not meant for the world: no organisation, person or
 * path with an id in it appears in them.
 */
import { createServer, type Server } from 'node:http'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Runtime } from '../runtime.ts'

export interface ShownFigure {
  readonly name: string
  readonly help: string
  /** A counter only grows, from 0 at the start of the process. */
  readonly kind: 'gauge' | 'counter'
  /** What the keys of `read` are called. */
  readonly label: string
  read(): Readonly<Record<string, number>>
}

export interface Metrics {
  /** @param route the path as it is documented, with `{id}` for parts; '' for what is none */
  observe(route: string, method: string, status: number, seconds: number): void
  /** Adds a figure that somebody else keeps: it is read when Prometheus asks. */
  show(figure: ShownFigure): void
  /** The text that Prometheus reads. */
  text(): Promise<string>
  readonly contentType: string
}

/** One set of figures for a running node. */
export function createMetrics(runtime: Runtime): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Histogram({
    name: 'vouchsafe_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  new Gauge({
    name: 'vouchsafe_jobs',
    help: 'Jobs of the installation that wait, run, or failed for good.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const counts = await runtime.jobs.counts()
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count)
    },
  })
  return {
    observe: (route, method, status, seconds) =>
      requests.observe({ route, method, status: String(status) }, seconds),
    show: ({ name, help, kind, label, read }) => {
      const common = { name, help, labelNames: [label], registers: [registry] }
      if (kind === 'gauge')
        new Gauge({
          ...common,
          collect() {
            for (const [key, value] of Object.entries(read())) this.set({ [label]: key }, value)
          },
        })
      else
        new Counter({
          ...common,
          collect() {
            this.reset()
            for (const [key, value] of Object.entries(read())) this.inc({ [label]: key }, value)
          },
        })
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

export interface MetricsServer {
  readonly port: number
  close(): Promise<void>
}

/** Serves `GET /metrics` and nothing else. A database that does not answer is a 503, not an end of the process. */
export async function startMetricsServer(
  runtime: Runtime,
  metrics: Metrics,
  host: string,
  port: number,
): Promise<MetricsServer> {
  const server: Server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end()
      return
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      (error: unknown) => {
        runtime.log.error({ err: error }, 'metrics')
        response.writeHead(503).end()
      },
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('metrics listen on no port')
  return {
    port: address.port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
