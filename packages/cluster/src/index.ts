// Who is in the cluster and which relay owns which shard.
export { Membership, type MembershipOptions } from './membership.ts';
export { ShardHolder, type ShardOwner } from './shard-holder.ts';
