package org.pixelrnn;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms of the house, and the doors between them. */
class HouseTest {
  private static final String ROOT = "org.pixelrnn.";

  /** Which rooms a room may use, beside itself and the classes generated from {@code proto/}. */
  private static final Map<String, Set<String>> DOORS =
      Map.ofEntries(
          entry("image", Set.of()),
          entry("data", Set.of("image")),
          entry("model", Set.of("image")),
          entry("train", Set.of("image", "data", "model")),
          entry("export", Set.of("image", "model")),
          entry("sampler", Set.of("image")),
          entry("cli", Set.of("image", "data", "model", "train", "export", "sampler")));

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.pixelrnn");

  static Set<String> rooms() {
    return DOORS.keySet();
  }

  private static String[] packages(Stream<String> rooms) {
    return Stream.concat(rooms, Stream.of("proto.v1"))
        .map(room -> ROOT + room + "..")
        .toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void aRoomUsesOnlyThoseItHasADoorTo(String room) {
    String[] reachable = packages(Stream.concat(Stream.of(room), DOORS.get(room).stream()));
    classes()
        .that()
        .resideInAPackage(ROOT + room + "..")
        .should()
        .onlyDependOnClassesThat(
            resideOutsideOfPackage("org.pixelrnn..").or(resideInAnyPackage(reachable)))
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @Test
  void everyClassHasARoom() {
    classes().should().resideInAnyPackage(packages(rooms().stream())).check(HOUSE);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("org.pixelrnn.(**)").should().beFreeOfCycles().check(HOUSE);
  }

  @Test
  void theGeneratedClassesAreTheOnlyConfiguration() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "proto..")
        .should()
        .haveSimpleNameEndingWith("Config")
        .orShould()
        .haveSimpleNameEndingWith("Configuration")
        .orShould()
        .haveSimpleNameEndingWith("Settings")
        .orShould()
        .haveSimpleNameEndingWith("Options")
        .orShould()
        .haveSimpleNameEndingWith("Parameters")
        .check(HOUSE);
  }

  @Test
  void aClassIsNamedForWhatItIs() {
    noClasses()
        .should()
        .haveNameMatching(".*(Util|Utils|Manager|Helper|Helpers|Impl)")
        .check(HOUSE);
  }

  @Test
  void onlyTheCommandLineParsesOptionsOrEndsTheProcess() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("picocli..")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(HOUSE);
  }
}
