//! MySQL and MariaDB.

use insta::assert_snapshot;
use sprag::schema::Provider::Mysql;

use super::{read, said};

const PAST: &str = "-- CreateTable
CREATE TABLE `User` (
    `id` INTEGER NOT NULL AUTO_INCREMENT,
    `email` VARCHAR(191) NOT NULL,
    `name` VARCHAR(191) NULL,
    `role` ENUM('USER', 'ADMIN') NOT NULL DEFAULT 'USER',
    `score` DOUBLE NOT NULL DEFAULT 0,
    `createdAt` DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),

    UNIQUE INDEX `User_email_key`(`email`),
    INDEX `User_name_idx`(`name`),
    PRIMARY KEY (`id`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE TABLE `Post` (
    `id` VARCHAR(191) NOT NULL,
    `authorId` INTEGER NOT NULL,
    `body` TEXT NOT NULL,
    FULLTEXT INDEX `Post_body_idx`(`body`),
    INDEX `User_name_idx`(`authorId`),
    PRIMARY KEY (`id`)
) ENGINE=InnoDB;
ALTER TABLE `Post` ADD CONSTRAINT `Post_authorId_fkey` FOREIGN KEY (`authorId`) REFERENCES `User`(`id`) ON DELETE RESTRICT ON UPDATE CASCADE;
";

#[test]
fn each_action_has_its_own_place() {
    let change = "ALTER TABLE `User` DROP COLUMN `score`,
    MODIFY `name` VARCHAR(191) NOT NULL,
    CHANGE COLUMN `email` `mail` TEXT NOT NULL,
    RENAME COLUMN `createdAt` TO `created`,
    ADD COLUMN `team` INTEGER NOT NULL,
    DROP INDEX `User_email_key`,
    DROP PRIMARY KEY,
    ADD UNIQUE INDEX `both`(`name`(20), `team` DESC),
    RENAME TO `Users`;
ALTER TABLE `Post` DROP FOREIGN KEY `Post_authorId_fkey`;
DROP INDEX `User_name_idx` ON `Post`;
RENAME TABLE `Post` TO `Posts`, `Tag` TO `Tags`;
";
    assert_snapshot!(said(Mysql, PAST, change), @r"
    drop-column: `User.score` and all its data are gone after this
        DROP COLUMN `score`
    set-not-null: rows without `User.name` are refused after this
        MODIFY `name` VARCHAR(191) NOT NULL
    rename-column: `User.email` is not found under its name after this
        CHANGE COLUMN `email` `mail` TEXT NOT NULL
    alter-column-type: `User.mail` is no longer varchar(191) but text after this
        CHANGE COLUMN `email` `mail` TEXT NOT NULL
    rename-column: `User.createdAt` is not found under its name after this
        RENAME COLUMN `createdAt` TO `created`
    required-column: rows without `User.team` are refused after this, and it fails where `User` has rows
        ADD COLUMN `team` INTEGER NOT NULL
    drop-constraint: two rows of `User` can have the same `mail` after this
        DROP INDEX `User_email_key`
    drop-constraint: `User` is left without a primary key: two rows can have the same `id`, and replication and the clients no longer tell them apart after this
        DROP PRIMARY KEY
    rename-table: `User` is not found under its name after this
        RENAME TO `Users`
    drop-constraint: `authorId` of `Post` can point to rows that `Users` does not have after this
        DROP FOREIGN KEY `Post_authorId_fkey`
    drop-index: queries that `Post.User_name_idx` made fast read the whole table of `Post` after this
        `User_name_idx` ON `Post`
    rename-table: `Post` is not found under its name after this
        `Post` TO `Posts`
    rename-table: `Tag` is not found under its name after this
        `Tag` TO `Tags`
    ");
}

#[test]
fn modify_says_all_that_a_column_has_and_is_judged_by_what_differs() {
    for change in [
        "ALTER TABLE `User` MODIFY `email` VARCHAR(191) NOT NULL;",
        "ALTER TABLE `User` MODIFY COLUMN `name` VARCHAR(191) NULL COMMENT 'how they are called' AFTER `email`;",
        "ALTER TABLE `User` MODIFY `role` ENUM('USER', 'ADMIN', 'OWNER') NOT NULL DEFAULT 'USER';",
        "ALTER TABLE `User` MODIFY `id` INTEGER NOT NULL AUTO_INCREMENT;",
        "ALTER TABLE `User` ALTER INDEX `User_name_idx` INVISIBLE, ENGINE=InnoDB, AUTO_INCREMENT = 5;",
    ] {
        assert_eq!(said(Mysql, PAST, change), "nothing", "{change}");
    }
    assert_snapshot!(said(Mysql, PAST, "ALTER TABLE `User` MODIFY `role` ENUM('USER', 'OWNER') NOT NULL;"), @r"
    enum-value-removed: `User.role` no longer takes `ADMIN` after this: rows that hold it are emptied of it or make this fail, and clients that write it break
        MODIFY `role` ENUM('USER', 'OWNER') NOT NULL
    alter-column-type: `User.role` is no longer enum('USER','ADMIN') but enum('USER','OWNER') after this
        MODIFY `role` ENUM('USER', 'OWNER') NOT NULL
    drop-default: rows without `User.role` are refused after this
        MODIFY `role` ENUM('USER', 'OWNER') NOT NULL
    ");
    assert_snapshot!(said(Mysql, PAST, "ALTER TABLE `User` MODIFY `email` VARCHAR(20) NULL;"), @r"
    alter-column-type: `User.email` is no longer varchar(191) but varchar(20) after this
        MODIFY `email` VARCHAR(20) NULL
    drop-not-null: `User.email` can be null after this, which older clients do not expect
        MODIFY `email` VARCHAR(20) NULL
    ");
}

#[test]
fn what_takes_away_in_mysql_is_refused() {
    for (change, expected) in [
        ("DROP TABLE IF EXISTS `User`, shop.`Post`;", "drop-table"),
        ("DROP DATABASE shop", "drop-schema"),
        ("TRUNCATE `User`;", "truncate"),
        ("DELETE FROM `User`", "delete-without-filter"),
        ("DELETE u FROM `User` u;", "delete-without-filter"),
        ("UPDATE `User` u SET u.`score` = 1", "update-without-filter"),
        ("ALTER TABLE `User` DROP `email`;", "drop-column"),
        ("ALTER TABLE `User` DROP PARTITION p0;", "truncate"),
        ("CREATE OR REPLACE TABLE `User` (`id` INT);", "drop-table"),
        // They run.
        ("/*!40000 DROP TABLE `User` */;", "drop-table"),
        ("/*M!100100 DROP TABLE `User` */;", "drop-table"),
        ("CREATE TABLE x (a INT /*!80000 , b INT */); /*! DROP TABLE */ `User`;", "drop-table"),
        // These do not hide what follows.
        ("# a comment with ' in it\nDROP TABLE `User`;", "drop-table"),
        ("SELECT '\\'; DROP TABLE x; -- '; DROP TABLE `User`;", "drop-table"),
        ("SELECT 1--1; DROP TABLE `User`;", "drop-table"),
        ("DELIMITER $$\nDROP TABLE `User`$$\nDELIMITER ;\n", "opaque-statement"),
        ("PREPARE s FROM 'DROP TABLE `User`'; EXECUTE s;", "drop-table"),
        ("PREPARE s FROM @sql; EXECUTE s;", "opaque-statement"),
        ("SET sql_mode = 'ANSI_QUOTES';", "opaque-statement"),
        ("USE other;", "opaque-statement"),
        ("SELECT * FROM `User` INTO OUTFILE '/tmp/x';", "opaque-statement"),
        ("ALTER TABLE `User` FROBNICATE;", "opaque-statement"),
        ("CREATE TABLE `User2` (`id` INT,, `b` INT); DROP TABLE `User`;", "opaque-statement"),
        (
            "CREATE PROCEDURE p() BEGIN IF 1 THEN DELETE FROM `User`; END IF; END;",
            "delete-without-filter",
        ),
    ] {
        let said = said(Mysql, PAST, change);
        assert!(said.starts_with(expected), "{change}: {said}");
    }
}

#[test]
fn the_rest_of_a_file_is_read_past_what_cannot_be() {
    let change = "GIBBERISH here;\nDROP TABLE `User`;\nSELECT 'open";
    assert_snapshot!(said(Mysql, PAST, change), @r"
    opaque-statement: this cannot be read: a statement is expected here
        GIBBERISH
    drop-table: `User` and all its rows are gone after this
        `User`
    opaque-statement: this cannot be read: expected an expression, found: EOF
        SELECT
    opaque-statement: nothing can be read from here on: unterminated string literal
        'open
    ");
}

#[test]
fn a_delimiter_and_a_body_do_not_hide_what_follows() {
    let change = "DELIMITER //
CREATE TRIGGER t BEFORE INSERT ON `User` FOR EACH ROW
BEGIN
  IF NEW.score > 1 THEN SET NEW.score = 1; END IF;
  UPDATE `Post` SET body = 'x; y' WHERE id = CASE WHEN 1 THEN 2 ELSE 3 END;
END//
DELIMITER ;
DROP TABLE `Post`;
";
    assert_snapshot!(said(Mysql, PAST, change), @r"
    opaque-statement: only the `mysql` client obeys `DELIMITER`
        DELIMITER //
    opaque-statement: only the `mysql` client obeys `DELIMITER`
        DELIMITER ;
    drop-table: `Post` and all its rows are gone after this
        `Post`
    ");
}

#[test]
fn what_adds_in_mysql_passes() {
    for change in [
        "ALTER TABLE `User` ADD COLUMN `nick` VARCHAR(191) NULL, ADD INDEX `n`(`nick`);",
        "ALTER TABLE `User` ADD (`a` INT, `b` BIGINT UNSIGNED NOT NULL DEFAULT 0);",
        "CREATE TABLE t (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, j JSON, p POINT NOT NULL SRID 4326, SPATIAL INDEX(p)) ENGINE=InnoDB PARTITION BY HASH(id) PARTITIONS 4;",
        "CREATE TABLE t (a INT, g INT GENERATED ALWAYS AS (a + 1) STORED, u TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, CHECK (a > 0));",
        "CREATE TABLE t2 LIKE `User`;",
        "CREATE TEMPORARY TABLE `picked` (`id` INT); DROP TEMPORARY TABLE `picked`;",
        "CREATE TABLE t3 AS SELECT id, name AS title FROM `User`;",
        "SET FOREIGN_KEY_CHECKS = 0; SET NAMES utf8mb4; SET @x = 1; SET FOREIGN_KEY_CHECKS = 1;",
        "LOCK TABLES `User` WRITE; UNLOCK TABLES;",
        "INSERT INTO `User` (email) VALUES ('a\\'b;--') ON DUPLICATE KEY UPDATE score = 1;",
        "CREATE ALGORITHM=MERGE DEFINER=`root`@`%` SQL SECURITY INVOKER VIEW v AS SELECT 1 AS a;",
        "CREATE INDEX `i` ON `User`(`name`(10), (lower(`email`))) USING BTREE ALGORITHM=INPLACE LOCK=NONE;",
        "CREATE FULLTEXT INDEX `f` ON `User`(`name`);",
        "ALTER TABLE `User` RENAME INDEX `User_name_idx` TO `by_name`;",
        "ALTER TABLE `User` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;",
    ] {
        assert_eq!(said(Mysql, PAST, change), "nothing", "{change}");
    }
}

#[test]
fn a_table_is_read_with_all_that_it_has() {
    assert_snapshot!(read(Mysql, PAST), @r#"
    Sure CreateTable(NewTable { name: ObjectName { schema: Some(""), name: "User" }, kind: Table, persistence: Permanent, guard: None, columns: [NewColumn { name: "id", data_type: "integer", not_null: true, default: None, generated: Some(Identity), at: 41..45, folded_from: None }, NewColumn { name: "email", data_type: "varchar(191)", not_null: true, default: None, generated: None, at: 83..90, folded_from: None }, NewColumn { name: "name", data_type: "varchar(191)", not_null: false, default: None, generated: None, at: 118..124, folded_from: None }, NewColumn { name: "role", data_type: "enum('USER','ADMIN')", not_null: true, default: Some(Expression { text: "'USER'", calls: [], per_row: [], columns: [], reads: [], literals: ["USER"], constant: None, whenever: None, holds_without_user: false, holds_for_users: false, at: 194..200 }), generated: None, at: 148..154, folded_from: None }, NewColumn { name: "score", data_type: "double", not_null: true, default: Some(Expression { text: "0", calls: [], per_row: [], columns: [], reads: [], literals: [], constant: Some(false), whenever: None, holds_without_user: false, holds_for_users: false, at: 238..239 }), generated: None, at: 206..213, folded_from: None }, NewColumn { name: "createdAt", data_type: "datetime(3)", not_null: true, default: Some(Expression { text: "CURRENT_TIMESTAMP(3)", calls: ["current_timestamp"], per_row: ["current_timestamp"], columns: [], reads: [], literals: [], constant: None, whenever: None, holds_without_user: false, holds_for_users: false, at: 286..306 }), generated: None, at: 245..256, folded_from: None }], constraints: [NewConstraint { name: Some("PRIMARY"), kind: PrimaryKey { columns: ["id"] }, not_valid: false, using_index: None, at: 392..410 }], columns_of: [], like: [], parent: None, partitioned: false, reads: [], shows: [], security_invoker: None, unlogged: false, at: 28..34, folded_from: None, replaces: false })
    Sure CreateIndex(NewIndex { name: Some("User.User_email_key"), table: ObjectName { schema: Some(""), name: "User" }, keys: [IndexKey { column: Some("email"), columns: ["email"], label: "email", text: "email" }], include: [], unique: true, concurrently: false, only: false, guard: None, method: "btree", predicate: None, nulls_not_distinct: false, at: 313..351 })
    Sure CreateIndex(NewIndex { name: Some("User.User_name_idx"), table: ObjectName { schema: Some(""), name: "User" }, keys: [IndexKey { column: Some("name"), columns: ["name"], label: "name", text: "name" }], include: [], unique: false, concurrently: false, only: false, guard: None, method: "btree", predicate: None, nulls_not_distinct: false, at: 357..386 })
    Sure CreateTable(NewTable { name: ObjectName { schema: Some(""), name: "Post" }, kind: Table, persistence: Permanent, guard: None, columns: [NewColumn { name: "id", data_type: "varchar(191)", not_null: true, default: None, generated: None, at: 497..501, folded_from: None }, NewColumn { name: "authorId", data_type: "integer", not_null: true, default: None, generated: None, at: 529..539, folded_from: None }, NewColumn { name: "body", data_type: "text", not_null: true, default: None, generated: None, at: 562..568, folded_from: None }], constraints: [NewConstraint { name: Some("PRIMARY"), kind: PrimaryKey { columns: ["id"] }, not_valid: false, using_index: None, at: 671..689 }], columns_of: [], like: [], parent: None, partitioned: false, reads: [], shows: [], security_invoker: None, unlogged: false, at: 484..490, folded_from: None, replaces: false })
    Sure CreateIndex(NewIndex { name: Some("Post.Post_body_idx"), table: ObjectName { schema: Some(""), name: "Post" }, keys: [IndexKey { column: Some("body"), columns: ["body"], label: "body", text: "body" }], include: [], unique: false, concurrently: false, only: false, guard: None, method: "other", predicate: None, nulls_not_distinct: false, at: 588..626 })
    Sure CreateIndex(NewIndex { name: Some("Post.User_name_idx"), table: ObjectName { schema: Some(""), name: "Post" }, keys: [IndexKey { column: Some("authorId"), columns: ["authorId"], label: "authorId", text: "authorId" }], include: [], unique: false, concurrently: false, only: false, guard: None, method: "btree", predicate: None, nulls_not_distinct: false, at: 632..665 })
    Sure AddConstraint { table: ObjectName { schema: Some(""), name: "Post" }, constraint: NewConstraint { name: Some("Post_authorId_fkey"), kind: ForeignKey(ForeignKey { columns: ["authorId"], target: ObjectName { schema: Some(""), name: "User" }, target_columns: ["id"], on_delete: Restrict, on_update: Cascade }), not_valid: false, using_index: None, at: 730..847 } }
    "#);
}
