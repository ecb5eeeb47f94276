import 'fastify'
import '@fastify/helmet'
import 'node:http'
import './route-kit.ts'
