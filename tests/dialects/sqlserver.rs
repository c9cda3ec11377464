//! SQL Server.

use insta::assert_snapshot;
use sprag::schema::Provider::Sqlserver;

use super::said;

const PAST: &str = "BEGIN TRY

BEGIN TRAN;

-- CreateTable
CREATE TABLE [dbo].[User] (
    [id] INT NOT NULL IDENTITY(1,1),
    [email] NVARCHAR(1000) NOT NULL,
    [name] NVARCHAR(1000),
    [age] INT NOT NULL CONSTRAINT [User_age_df] DEFAULT 1,
    CONSTRAINT [User_pkey] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [User_email_key] UNIQUE NONCLUSTERED ([email])
);

-- CreateIndex
CREATE NONCLUSTERED INDEX [User_name_idx] ON [dbo].[User]([name]);

CREATE TABLE [dbo].[Post] (
    [id] NVARCHAR(1000) NOT NULL,
    [authorId] INT NOT NULL,
    CONSTRAINT [Post_pkey] PRIMARY KEY CLUSTERED ([id])
);

-- AddForeignKey
ALTER TABLE [dbo].[Post] ADD CONSTRAINT [Post_authorId_fkey] FOREIGN KEY ([authorId]) REFERENCES [dbo].[User]([id]) ON DELETE NO ACTION ON UPDATE CASCADE;

COMMIT TRAN;

END TRY
BEGIN CATCH

IF @@TRANCOUNT > 0
BEGIN
    ROLLBACK TRAN;
END;
THROW

END CATCH
";

/// As Prisma writes it around the statements of every migration.
fn tried(statements: &str) -> String {
    format!(
        "BEGIN TRY\n\nBEGIN TRAN;\n\n{statements}\n\nCOMMIT TRAN;\n\nEND TRY\nBEGIN CATCH\n\nIF @@TRANCOUNT > 0\nBEGIN\n    ROLLBACK TRAN;\nEND;\nTHROW\n\nEND CATCH\n"
    )
}

#[test]
fn each_action_has_its_own_place() {
    let change = tried(
        "ALTER TABLE [dbo].[User] DROP CONSTRAINT [User_age_df],
[User_email_key];
ALTER TABLE [dbo].[User] ALTER COLUMN [name] NVARCHAR(100) NOT NULL;
ALTER TABLE [dbo].[User] DROP COLUMN [age],
[email];
ALTER TABLE [dbo].[User] ADD [team] INT NOT NULL,
[nick] NVARCHAR(1000) CONSTRAINT [User_nick_df] DEFAULT 'x';
ALTER TABLE [dbo].[User] ADD CONSTRAINT [User_name_df] DEFAULT 'y' FOR [name], CONSTRAINT User_pkey2 UNIQUE NONCLUSTERED ([name]);
DROP INDEX [User_name_idx] ON [dbo].[User];
EXEC SP_RENAME N'dbo.Post', N'Article';
EXEC sp_rename 'dbo.User.nick', 'alias', 'COLUMN';
TRUNCATE TABLE [dbo].[User];",
    );
    assert_snapshot!(said(Sqlserver, PAST, &change), @r"
    alter-column-type: `dbo.User.name` is no longer nvarchar(1000) but nvarchar(100) after this
        ALTER COLUMN [name] NVARCHAR(100) NOT NULL
    set-not-null: rows without `dbo.User.name` are refused after this
        ALTER COLUMN [name] NVARCHAR(100) NOT NULL
    drop-column: `dbo.User.age` and all its data are gone after this
        DROP COLUMN [age]
    drop-column: `dbo.User.email` and all its data are gone after this
        [email]
    required-column: rows without `dbo.User.team` are refused after this, and it fails where `dbo.User` has rows
        ADD [team] INT NOT NULL
    unique-on-existing: two rows of `dbo.User` with the same `name` make this fail
        CONSTRAINT User_pkey2 UNIQUE NONCLUSTERED ([name])
    drop-index: queries that `dbo.User.User_name_idx` made fast read the whole table of `dbo.User` after this
        [User_name_idx] ON [dbo].[User]
    rename-table: `dbo.Post` is not found under its name after this
        EXEC SP_RENAME N'dbo.Post', N'Article'
    truncate: every row of `dbo.User` is gone after this
        [dbo].[User]
    ");
}

#[test]
fn what_takes_away_in_sql_server_is_refused() {
    for (change, expected) in [
        ("DROP TABLE [dbo].[User]", "drop-table"),
        ("IF OBJECT_ID(N'dbo.User', 'U') IS NOT NULL DROP TABLE dbo.[User];", "drop-table"),
        ("IF EXISTS (SELECT 1 FROM sys.tables) BEGIN DROP TABLE dbo.[User] END", "drop-table"),
        ("PRINT 'going'\nDROP TABLE [User]\nPRINT 'gone'", "drop-table"),
        ("SELECT 1 DROP TABLE [User]", "drop-table"),
        ("EXEC('DROP TABLE [dbo].[User]')", "drop-table"),
        ("EXEC sp_executesql N'DROP TABLE [dbo].[User]'", "drop-table"),
        ("EXEC sys.sp_executesql @stmt = N'EXEC(''DROP TABLE [dbo].[User]'')'", "drop-table"),
        ("DECLARE @sql NVARCHAR(MAX) = N'x'; EXEC(@sql);", "opaque-statement"),
        ("EXEC sp_executesql @sql", "opaque-statement"),
        ("EXEC dbo.clean_up;", "opaque-statement"),
        ("DROP DATABASE shop;", "drop-schema"),
        ("ALTER SCHEMA archive TRANSFER dbo.[User];", "rename-table"),
        ("DELETE FROM [dbo].[User];", "delete-without-filter"),
        ("DELETE u FROM dbo.[User] u", "delete-without-filter"),
        ("UPDATE dbo.[User] SET age = 1", "update-without-filter"),
        (
            "MERGE INTO [User] AS t USING [Post] AS s ON t.id = s.authorId WHEN MATCHED THEN DELETE;",
            "delete-rows",
        ),
        ("ALTER INDEX [User_name_idx] ON [User] DISABLE;", "drop-index"),
        ("DROP INDEX [User].[User_name_idx];", "drop-index"),
        ("CREATE TABLE a (id INT)\nGO\nDROP TABLE [User]\nGO\n", "drop-table"),
        (
            "CREATE PROCEDURE p AS DELETE FROM [User]\nGO\nDROP TABLE [Post]",
            "delete-without-filter",
        ),
        ("USE master;", "opaque-statement"),
        ("BEGIN TRY DROP TABLE [User] END TRY BEGIN CATCH THROW END CATCH", "drop-table"),
        ("ALTER TABLE [User] ALTER COLUMN [name] INT", "alter-column-type"),
    ] {
        let said = said(Sqlserver, PAST, change);
        assert!(said.starts_with(expected), "{change}: {said}");
    }
}

#[test]
fn what_adds_in_sql_server_passes() {
    for change in [
        "ALTER TABLE [dbo].[User] ADD [a] NVARCHAR(max), [b] INT NOT NULL CONSTRAINT [b_df] DEFAULT 0;",
        "ALTER TABLE [dbo].[User] ALTER COLUMN [name] NVARCHAR(1000) NULL;",
        "ALTER TABLE [dbo].[User] WITH NOCHECK ADD CONSTRAINT c FOREIGN KEY ([age]) REFERENCES [Post]([id]);",
        "CREATE UNIQUE NONCLUSTERED INDEX [i] ON [dbo].[User]([id] DESC) INCLUDE ([name]) WHERE [id] > 1 WITH (ONLINE = ON) ON [PRIMARY];",
        "CREATE TABLE #t (id INT); DROP TABLE #t;",
        "SET IDENTITY_INSERT [dbo].[User] ON;\nINSERT INTO [dbo].[User] ([id]) VALUES (1);\nSET IDENTITY_INSERT [dbo].[User] OFF;",
        "SET ANSI_NULLS ON\nGO\nSET QUOTED_IDENTIFIER ON\nGO\n",
        "EXEC sys.sp_addextendedproperty @name = N'x', @value = N'y';",
        "EXEC SP_RENAME N'dbo.User.User_name_idx', N'by_name', N'INDEX';",
        "EXEC SP_RENAME N'dbo.User_pkey', N'PK_User';",
        "DECLARE @x INT = 1\nSET @x = @x + 1\nSELECT @x",
        "IF NOT EXISTS (SELECT * FROM sys.schemas WHERE name = N'shop') EXEC('CREATE SCHEMA [shop]')",
        "CREATE OR ALTER VIEW dbo.v AS SELECT id FROM dbo.[User]\nGO\n",
        "ALTER TABLE [dbo].[User] DROP CONSTRAINT [User_age_df];\nALTER TABLE [dbo].[User] ADD CONSTRAINT [User_age_df] DEFAULT 2 FOR [age];",
    ] {
        assert_eq!(said(Sqlserver, PAST, change), "nothing", "{change}");
        assert_eq!(said(Sqlserver, PAST, &tried(change)), "nothing", "{change}");
    }
}

#[test]
fn a_table_that_prisma_makes_anew_is_judged_by_the_difference() {
    let change = tried(
        "BEGIN TRANSACTION;
ALTER TABLE [dbo].[User] DROP CONSTRAINT [User_email_key];
DROP INDEX [User_name_idx] ON [dbo].[User];
DECLARE @SQL NVARCHAR(MAX) = N''
SELECT @SQL += N'ALTER TABLE '
    + QUOTENAME(OBJECT_SCHEMA_NAME(PARENT_OBJECT_ID))
    + '.'
    + QUOTENAME(OBJECT_NAME(PARENT_OBJECT_ID))
    + ' DROP CONSTRAINT '
    + OBJECT_NAME(OBJECT_ID) + ';'
FROM SYS.OBJECTS
WHERE TYPE_DESC LIKE '%CONSTRAINT'
    AND OBJECT_NAME(PARENT_OBJECT_ID) = 'User'
    AND SCHEMA_NAME(SCHEMA_ID) = 'dbo'
EXEC sp_executesql @SQL
;
CREATE TABLE [dbo].[_prisma_new_User] (
    [id] INT NOT NULL IDENTITY(1,1),
    [email] NVARCHAR(1000) NOT NULL,
    [name] NVARCHAR(1000),
    CONSTRAINT [User_pkey] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [User_email_key] UNIQUE NONCLUSTERED ([email])
);
SET IDENTITY_INSERT [dbo].[_prisma_new_User] ON;
IF EXISTS(SELECT * FROM [dbo].[User])
    EXEC('INSERT INTO [dbo].[_prisma_new_User] ([id],[email],[name]) SELECT [id],[email],[name] FROM [dbo].[User] WITH (holdlock tablockx)');
SET IDENTITY_INSERT [dbo].[_prisma_new_User] OFF;
DROP TABLE [dbo].[User];
EXEC SP_RENAME N'dbo._prisma_new_User', N'User';
CREATE NONCLUSTERED INDEX [User_name_idx] ON [dbo].[User]([name]);
COMMIT;",
    );
    assert_snapshot!(said(Sqlserver, PAST, &change), @r"
    drop-column: `dbo.User.age` and all its data are gone after this
        [dbo].[User]
    ");
}
