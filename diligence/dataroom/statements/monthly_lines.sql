SELECT
  *
FROM (
  SELECT
    "t8"."customer_id",
    "t8"."account_id",
    "t8"."month_index",
    "t8"."product_id",
    "t8"."kind",
    "t8"."currency",
    "t8"."ticks",
    "t8"."local_ticks",
    "t8"."ticks" AS "rate_ticks",
    "t8"."local_ticks" AS "local_rate_ticks",
    "t8"."quantity",
    "t8"."quantity" AS "rate_quantity",
    "t8"."date",
    "t8"."source_file",
    "t8"."source_row"
  FROM (
    SELECT
      "t5"."customer_id",
      "t5"."account_id",
      "t5"."product_id",
      "t5"."kind",
      "t5"."currency",
      "t5"."source_file",
      "t5"."month_index",
      "t5"."ticks",
      "t5"."local_ticks",
      "t5"."first_day",
      "t5"."last_day",
      "t5"."source_row",
      "t5"."quantity",
      "t5"."date"
    FROM (
      SELECT
        *
      FROM "lines_here" AS "t0"
      WHERE
        "t0"."last_day" IS NULL
    ) AS "t5"
    SEMI JOIN "months_here" AS "t2"
      ON "t5"."month_index" = "t2"."month_index"
  ) AS "t8"
) AS "t10"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t9"."customer_id",
    "t9"."account_id",
    "t9"."month_index",
    "t9"."product_id",
    "t9"."kind",
    "t9"."currency",
    (
      CAST(FLOOR(
        (
          ABS("t9"."ticks") * (
            (
              LEAST("t9"."month_last", "t9"."last_day") - "t9"."first_day"
            ) + 1
          )
        ) / (
          (
            "t9"."last_day" - "t9"."first_day"
          ) + 1
        )
      ) AS BIGINT) - CAST(FLOOR(
        (
          ABS("t9"."ticks") * (
            GREATEST("t9"."month_first", "t9"."first_day") - "t9"."first_day"
          )
        ) / (
          (
            "t9"."last_day" - "t9"."first_day"
          ) + 1
        )
      ) AS BIGINT)
    ) * SIGN("t9"."ticks") AS "ticks",
    (
      CAST(FLOOR(
        (
          ABS("t9"."local_ticks") * (
            (
              LEAST("t9"."month_last", "t9"."last_day") - "t9"."first_day"
            ) + 1
          )
        ) / (
          (
            "t9"."last_day" - "t9"."first_day"
          ) + 1
        )
      ) AS BIGINT) - CAST(FLOOR(
        (
          ABS("t9"."local_ticks") * (
            GREATEST("t9"."month_first", "t9"."first_day") - "t9"."first_day"
          )
        ) / (
          (
            "t9"."last_day" - "t9"."first_day"
          ) + 1
        )
      ) AS BIGINT)
    ) * SIGN("t9"."local_ticks") AS "local_ticks",
    CASE
      WHEN "t9"."last_day" >= "t9"."month_last"
      THEN CAST(FLOOR(
        (
          ABS("t9"."ticks") * 1461
        ) / (
          (
            (
              "t9"."last_day" - "t9"."first_day"
            ) + 1
          ) * 48
        )
      ) AS BIGINT) * SIGN("t9"."ticks")
      ELSE 0
    END AS "rate_ticks",
    CASE
      WHEN "t9"."last_day" >= "t9"."month_last"
      THEN CAST(FLOOR(
        (
          ABS("t9"."local_ticks") * 1461
        ) / (
          (
            (
              "t9"."last_day" - "t9"."first_day"
            ) + 1
          ) * 48
        )
      ) AS BIGINT) * SIGN("t9"."local_ticks")
      ELSE 0
    END AS "local_rate_ticks",
    "t9"."quantity",
    CASE WHEN "t9"."last_day" >= "t9"."month_last" THEN "t9"."quantity" ELSE 0 END AS "rate_quantity",
    "t9"."date",
    "t9"."source_file",
    "t9"."source_row"
  FROM (
    SELECT
      "t7"."customer_id",
      "t7"."account_id",
      "t7"."product_id",
      "t7"."kind",
      "t7"."currency",
      "t7"."source_file",
      "t7"."ticks",
      "t7"."local_ticks",
      "t7"."first_day",
      "t7"."last_day",
      "t7"."source_row",
      "t7"."quantity",
      "t7"."date",
      "t2"."month_index",
      "t2"."month_first",
      "t2"."month_last"
    FROM (
      SELECT
        "t4".*
        EXCLUDE ("month_index")
      FROM (
        SELECT
          *
        FROM "lines_here" AS "t0"
        WHERE
          "t0"."last_day" IS NOT NULL
      ) AS "t4"
    ) AS "t7"
    INNER JOIN "months_here" AS "t2"
      ON "t2"."month_last" >= "t7"."first_day" AND "t2"."month_first" <= "t7"."last_day"
  ) AS "t9"
) AS "t11"
