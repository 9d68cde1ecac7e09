package com.gpudb;

import java.util.List;

/**
 * Where the client's own code would send a record. In the client's package, because it keeps its
 * key builder to itself.
 */
public final class KeyRouting {
  private final RecordKeyBuilder<Record> keys;
  private final List<Integer> rankOfShard;

  public KeyRouting(GPUdb client, Type type) throws GPUdbException {
    this.keys = new RecordKeyBuilder<>(type, null);
    this.rankOfShard =
        client.adminShowShards(new com.gpudb.protocol.AdminShowShardsRequest()).getRank();
  }

  /** 1 for the first worker, as in the routing table. The type must have a key. */
  public int rank(Record record) throws GPUdbException {
    return keys.build(record).route(rankOfShard) + 1;
  }
}
