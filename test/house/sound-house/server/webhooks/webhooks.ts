import '../tenancy/organisations/organisations.ts'
import '../platform/context.ts'
