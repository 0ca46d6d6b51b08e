SELECT
  "t0"."customer_id",
  "t0"."account_id",
  "t0"."month_index",
  "t0"."product_id",
  "t0"."kind",
  "t0"."currency",
  SUM("t0"."ticks") AS "ticks",
  SUM("t0"."local_ticks") AS "local_ticks",
  SUM("t0"."rate_ticks") AS "rate_ticks",
  SUM("t0"."local_rate_ticks") AS "local_rate_ticks",
  CAST(SUM("t0"."quantity") AS DECIMAL(18, 4)) AS "quantity",
  CAST(SUM("t0"."rate_quantity") AS DECIMAL(18, 4)) AS "rate_quantity",
  COUNT(*) AS "lines"
FROM "monthly_here" AS "t0"
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6
