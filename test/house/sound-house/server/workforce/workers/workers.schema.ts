import 'zod'
import '../../tenancy/organisations/organisations.schema.ts'
