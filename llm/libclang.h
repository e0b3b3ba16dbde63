/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libclang, loaded when the first source file is parsed. Loading it takes many
 * times longer than everything else that a short command does, and most
 * commands parse nothing.
 */
#ifndef FM_LLM_LIBCLANG_H
#define FM_LLM_LIBCLANG_H

#include <clang-c/Index.h>

/* The functions of libclang that are used, without their prefix. */
#define FM_LIBCLANG_FUNCTIONS(X) \
	X(Cursor_Evaluate) \
	X(Cursor_getArgument) \
	X(Cursor_getNumArguments) \
	X(Cursor_getStorageClass) \
	X(Cursor_getVarDeclInitializer) \
	X(Cursor_isMacroFunctionLike) \
	X(Cursor_isNull) \
	X(EvalResult_dispose) \
	X(EvalResult_getAsLongLong) \
	X(EvalResult_getAsStr) \
	X(EvalResult_getKind) \
	X(File_isEqual) \
	X(Location_isInSystemHeader) \
	X(Type_getSizeOf) \
	X(Type_visitFields) \
	X(createIndex) \
	X(disposeDiagnostic) \
	X(disposeIndex) \
	X(disposeString) \
	X(disposeTranslationUnit) \
	X(equalCursors) \
	X(equalTypes) \
	X(getArgType) \
	X(getArrayElementType) \
	X(getCString) \
	X(getCanonicalType) \
	X(getClangVersion) \
	X(getCursorDefinition) \
	X(getCursorExtent) \
	X(getCursorKind) \
	X(getCursorLocation) \
	X(getCursorReferenced) \
	X(getCursorSemanticParent) \
	X(getCursorSpelling) \
	X(getCursorType) \
	X(getDiagnostic) \
	X(getDiagnosticLocation) \
	X(getDiagnosticSeverity) \
	X(getDiagnosticSpelling) \
	X(getEnumConstantDeclValue) \
	X(getFile) \
	X(getFileContents) \
	X(getFileLocation) \
	X(getFileName) \
	X(getInclusions) \
	X(getNullCursor) \
	X(getNumArgTypes) \
	X(getNumDiagnostics) \
	X(getPointeeType) \
	X(getRangeEnd) \
	X(getRangeStart) \
	X(getTranslationUnitCursor) \
	X(getTypeDeclaration) \
	X(getTypeSpelling) \
	X(isConstQualifiedType) \
	X(isExpression) \
	X(isInvalidDeclaration) \
	X(isStatement) \
	X(parseTranslationUnit2) \
	X(visitChildren)

/**
 * struct fm_libclang - libclang's functions, all of them or none
 */
struct fm_libclang {
#define FM_LIBCLANG_MEMBER(name) typeof(clang_##name) *name;
	FM_LIBCLANG_FUNCTIONS(FM_LIBCLANG_MEMBER)
#undef FM_LIBCLANG_MEMBER
};

extern struct fm_libclang fm_libclang;

/* A call reads like the one in libclang's documentation. */
#define clang fm_libclang

int fm_libclang_load(char *err);

#endif
